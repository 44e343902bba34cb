"""keepalived.conf is judged before the bridges that it names are made."""

import pytest

from guestconfig.agent import checking
from guestconfig.agent.guest import StepError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A guest's /etc, and a keepalived that refuses everything and says what it was given."""
    program = tmp_path / "bin/keepalived"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\ncat "$3"\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    (tmp_path / "etc/keepalived").mkdir(parents=True)
    (tmp_path / "etc/vipstack").mkdir()
    return tmp_path / "etc"


def judged(folder) -> str:
    candidate = folder / "keepalived/.keepalived.conf.vipstack-new"
    candidate.write_text("interface br-front\nsrc 192.0.2.1 dev br-front table 1\nlog br-frontal\n")
    with pytest.raises(StepError) as caught:
        checking.check("/etc/keepalived/keepalived.conf", candidate, "keepalived")
    assert [file.name for file in candidate.parent.iterdir()] == [candidate.name], "no trial is left behind"
    return "\n".join(caught.value.log)


def test_a_bridge_still_to_be_made_is_judged_by_its_first_nic(folder) -> None:
    (folder / "vipstack/.bonds.conf.vipstack-new").write_text("br-front balance-tcp slow eth0 eth1\n")
    said = judged(folder)
    assert "interface eth0\nsrc 192.0.2.1 dev eth0 table 1\nlog br-frontal" in said


def test_without_bonds_it_is_judged_as_it_is(folder) -> None:
    assert "interface br-front" in judged(folder)
