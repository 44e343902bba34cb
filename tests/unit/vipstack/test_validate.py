"""``vipstack validate`` and ``vipstack schema``: exit codes, what goes to which stream, the summary.

This rung decides the command line. What is refused and in which words is decided in tests/unit/config.
"""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from components.plan.vrrp import failover_bound
from vipstack.schema import schema
from vipstack.validate import validate

STACKS = Path(__file__).parents[3] / "stacks"


def run(command, *arguments: str):
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, arguments)


def test_a_good_file_says_what_it_promises() -> None:
    bound = failover_bound(priority=249, interval=1.0, version=3)
    result = run(validate, str(STACKS / "Pulumi.lvs-dr.yaml"))
    assert result.exit_code == 0
    assert result.stdout == (
        "lvs-dr: OK; 2 directors, 2 real-servers, 1 observer\n"
        "  www 203.0.113.2 on web, VRID 51, serves 80/tcp; "
        f"away at most {bound.crash} s after a crash, {bound.clean_stop} s after a clean stop\n"
    )


@pytest.mark.parametrize(("stack", "served"), [("haproxy", "80/tcp, 8080/tcp"), ("vrrp", "no ports of ours")])
def test_a_good_file_says_what_is_served_whoever_serves_it(stack: str, served: str) -> None:
    assert f", serves {served}; " in run(validate, str(STACKS / f"Pulumi.{stack}.yaml")).stdout


def test_findings_go_to_stderr_beside_the_good_files_summary(tmp_path: Path) -> None:
    bad = tmp_path / "Pulumi.bad.yaml"
    bad.write_text("config: {}\n")
    result = run(validate, str(bad), str(STACKS / "Pulumi.vrrp.yaml"))
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{bad}: The stack file has 4 findings:\n- vipstack:networks: this key is required")
    assert result.stdout.startswith("vrrp: OK; 2 directors, 1 observer\n"), "one bad file hides no other"


def test_a_missing_file_is_wrong_use() -> None:
    result = run(validate, str(STACKS / "Pulumi.nothing.yaml"))
    assert result.exit_code == 2
    assert "there is no such file" in result.stderr


def test_no_file_is_wrong_use() -> None:
    assert run(validate).exit_code == 2


@pytest.mark.parametrize("path", sorted(STACKS.glob("Pulumi.*.yaml")), ids=lambda path: path.name)
def test_every_example_is_valid(path: Path) -> None:
    assert run(validate, str(path)).exit_code == 0


def test_the_schema_is_printed_as_it_is_committed() -> None:
    assert run(schema).stdout == (STACKS / "schema.json").read_text()
