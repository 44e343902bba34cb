"""``__main__`` itself, run as Pulumi's language host runs it."""

import gc
import json
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import config

from components.config.errors import Finding
from components.plan.stack import StackPlan
from components.preflight import check
from components.preflight.cloud_facts import CloudFacts
from components.preflight.errors import CloudError
from components.resources.refusals import EXPLAINED
from guestconfig.waking import WAKE, WAKE_OPENSTACK
from tests.program.recording import Recorder, facts_for, stack_file

MAIN = Path(__file__).parents[2] / "__main__.py"


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, Any]], None]:
    """Hand the nouns over as the engine does: text, JSON where it is more than text."""

    def hand_over(nouns: Mapping[str, Any]) -> None:
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in nouns.items()}
        monkeypatch.setenv("PULUMI_CONFIG", json.dumps({f"vipstack:{key}": text for key, text in texts.items()}))
        config.set_all_config({f"vipstack:{key}": text for key, text in texts.items()})

    return hand_over


@pulumi.runtime.test
def run_main() -> None:
    """Run the program to its end; this process goes on and collects again."""
    try:
        runpy.run_path(str(MAIN), run_name="__main__")
    finally:
        gc.unfreeze()
        gc.enable()


def test_the_program_registers_a_whole_stack(
    recorder: Recorder, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    configure(stack_file("lvs-dr"))
    monkeypatch.setattr(check, "preflight", facts_for)
    run_main()
    kinds = [r.type for r in recorder.registered]
    assert kinds.count("guestconfig:guest:Configuration") == 5, "two directors, two real servers, an observer"
    assert kinds.count("vipstack:stack:Stack") == 1
    assert recorder.woken == {WAKE, WAKE_OPENSTACK}, "providers start while the program imports, or every run waits"


def test_what_the_cloud_cannot_carry_ends_the_program_before_the_first_resource(
    recorder: Recorder, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    def refuse(_: StackPlan) -> CloudFacts:
        raise CloudError([Finding("vipstack:keypair", "there is none", "Some are there", "Name one")])

    configure(stack_file("vrrp"))
    monkeypatch.setattr(check, "preflight", refuse)
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", said.append)
    with pytest.raises(SystemExit) as caught:
        run_main()
    assert said == [
        "The cloud cannot carry this stack (1 finding):\n- vipstack:keypair: there is none. Some are there. Name one."
    ]
    assert caught.value.code == EXPLAINED, "with any other code the host adds a line that explains nothing"
    assert recorder.registered == []


def test_a_wrong_stack_file_ends_the_program_before_the_cloud_is_asked(
    recorder: Recorder, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
):
    def asked(_: StackPlan) -> CloudFacts:
        raise AssertionError("the cloud was asked about a stack file that is wrong by itself")

    nouns = stack_file("vrrp")
    nouns["directors"]["names"] = ["alone"]
    configure(nouns)
    monkeypatch.setattr(check, "preflight", asked)
    with pytest.raises(SystemExit):
        run_main()
    assert recorder.registered == []


def test_the_program_is_a_table_of_contents():
    lines = MAIN.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 40
    assert not any(line.strip().startswith(("if ", "for ", "while ", "try:", "def ")) for line in lines)
