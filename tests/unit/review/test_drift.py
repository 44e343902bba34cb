"""Drift in words: goldens of drift made by hand with the openstack client on the lab, and the command's exit codes.

By hand: the floating IP and a rule deleted, a DNS server added to the subnet, the configuration taken out of a
director's metadata, the other director stopped; ``drift-server-gone`` has the real server deleted besides. The stack
file of ``drift-by-hand`` has another weight than the one that was brought up.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from review.document import read
from review.drift import drift, words
from vipstack import drift as command

HERE = Path(__file__).parent
CASES = [path.stem for path in sorted((HERE / "recordings").glob("drift*.json"))]
Recording = Callable[[str], dict[str, Any]]


@pytest.mark.parametrize("case", CASES)
def test_drift_is_named_in_the_words_that_were_approved(case: str, recording: Recording, updating: bool) -> None:
    text = words(drift("shop", read(recording(case)))) + "\n"
    golden = HERE / "goldens" / f"{case}.txt"
    if updating:
        golden.write_text(text)
    assert text == golden.read_text(), f"{golden}: operators would read something else"


def test_an_address_pair_that_pulumi_would_let_pass_is_named(recording: Recording) -> None:
    document = recording("drift-none")
    port = next(s for s in document["steps"] if s["op"] == "same" and s["urn"].endswith("Port::director-1-web"))
    port["oldState"]["outputs"]["allowedAddressPairs"] = [{"ipAddress": "0.0.0.0/0", "macAddress": ""}]
    found = drift("shop", read(document))
    assert [one.name for one in found.drifted] == ["director-1-web"]
    assert "allowedAddressPairs" in words(found)


def test_groups_that_a_port_lost_are_named_with_the_command_that_gives_them_back(recording: Recording) -> None:
    document = recording("drift-none")
    port = next(s for s in document["steps"] if s["op"] == "same" and s["urn"].endswith("Port::apache-1-web"))
    [group] = port["oldState"]["outputs"]["allSecurityGroupIds"]
    port["oldState"]["outputs"]["allSecurityGroupIds"] = []
    found = drift("shop", read(document))
    assert [one.name for one in found.drifted] == ["apache-1-web"]
    assert f"openstack port set --no-security-group --security-group {group} shop-apache-1-web" in words(found)


def test_what_only_providers_fill_in_is_no_drift(recording: Recording) -> None:
    assert drift("shop", read(recording("drift-none"))).none, "a gate that cries wolf is switched off"


def run(monkeypatch: pytest.MonkeyPatch, document: dict[str, Any]) -> Result:
    def answered(stack: str, options: list[str]) -> dict[str, Any]:
        assert (stack, options) == ("shop", ["--refresh", "--expect-no-changes"])
        return document

    monkeypatch.setattr(command, "asked", answered)
    app = typer.Typer()
    app.command()(command.drift)
    return CliRunner().invoke(app, ["shop"])


def test_the_gate_is_open_without_drift(monkeypatch: pytest.MonkeyPatch, recording: Recording) -> None:
    result = run(monkeypatch, recording("drift-none"))
    assert result.exit_code == 0
    assert result.stdout == "shop: no drift; cloud, state and stack file agree\n"


def test_the_gate_is_shut_on_drift(monkeypatch: pytest.MonkeyPatch, recording: Recording) -> None:
    result = run(monkeypatch, recording("drift-server-gone"))
    assert result.exit_code == 1
    assert "- server apache-1: is gone from the cloud\n" in result.stdout


def test_an_edit_that_was_never_brought_up_shuts_the_gate_too(
    monkeypatch: pytest.MonkeyPatch, recording: Recording
) -> None:
    result = run(monkeypatch, recording("weight"))
    assert result.exit_code == 1
    assert "these are no drift" in result.stdout
    assert "drifted" not in result.stdout


def test_a_refused_stack_is_no_verdict_on_drift(monkeypatch: pytest.MonkeyPatch, recording: Recording) -> None:
    result = run(monkeypatch, recording("refused"))
    assert result.exit_code == 1
    assert "vipstack:networks.web.gateway" in result.stderr
    assert result.stdout == ""
