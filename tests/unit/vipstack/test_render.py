"""``vipstack render`` as its user meets it: folders, notes, exit codes."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from vipstack.render import render

STACKS = Path(__file__).parents[3] / "stacks"
LVS_DR, VRRP = STACKS / "Pulumi.lvs-dr.yaml", STACKS / "Pulumi.vrrp.yaml"


def run(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command()(render)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_every_host_has_a_folder_with_its_files_at_their_path_on_the_guest(tmp_path: Path) -> None:
    result = run(LVS_DR, "--out", tmp_path)
    assert result.exit_code == 0, result.output
    hosts = {f"lvs-dr-{name}" for name in ("director-1", "director-2", "apache-1", "apache-2", "observer")}
    assert {folder.name for folder in tmp_path.iterdir()} == hosts
    assert (
        "virtual_server 203.0.113.2 80" in (tmp_path / "lvs-dr-director-1/etc/keepalived/keepalived.conf").read_text()
    )
    assert (tmp_path / "lvs-dr-apache-1/user-data.yaml").read_text().startswith("#cloud-config\n")


def test_one_host_alone_can_be_asked_for(tmp_path: Path) -> None:
    assert run(LVS_DR, "--out", tmp_path, "--host", "lvs-dr-apache-2").exit_code == 0
    assert [folder.name for folder in tmp_path.iterdir()] == ["lvs-dr-apache-2"]


def test_what_neutron_will_choose_is_said_to_be_assumed(tmp_path: Path) -> None:
    notes = run(VRRP, "--out", tmp_path).output.splitlines()
    assert "assumed, since Neutron chooses: vrrp-ha-first is 10.200.51.32 on ha-lab" in notes
    assert "assumed, since Neutron chooses: every interface has the MAC fa:16:3e:00:00:00" in notes


def test_an_unknown_host_is_wrong_use_and_the_nearest_is_named(tmp_path: Path) -> None:
    result = run(VRRP, "--out", tmp_path, "--host", "vrrp-ha_first")
    assert result.exit_code == 2
    assert "--host vrrp-ha_first: the stack has no such host. Write vrrp-ha-first, if that was meant." in result.output
    assert not list(tmp_path.iterdir()), "nothing is written where something is wrong"


def test_a_faulty_stack_file_is_answered_with_its_findings(tmp_path: Path) -> None:
    stack = tmp_path / "Pulumi.bad.yaml"
    stack.write_text(VRRP.read_text().replace("10.200.51.10", "10.200.51.40"))
    result = run(stack, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert "vipstack:virtual-ips.ha.address" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("out", ["file", "file/below"])
def test_a_folder_that_cannot_be_made_is_answered_with_a_sentence(tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_text("")
    result = run(VRRP, "--out", tmp_path / out)
    assert result.exit_code == 1
    assert "Choose another folder with --out." in result.output
