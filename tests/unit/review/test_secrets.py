"""No secret reaches a comment, whichever side of a change it is on."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from review.files import SECRET
from review.markdown import markdown
from review.plain import plain
from review.report import report

Recording = Callable[[str], dict[str, Any]]

# Stands for what is in a file; a comment that holds it shows too much.
CANARY = "hunter22"


def guests(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for step in document["steps"] if "guestconfig:guest:Configuration" in step["urn"]]


def texts(document: dict[str, Any]) -> str:
    found = report("shop", document)
    return markdown(found) + plain(found)


def hide(step: dict[str, Any], side: str) -> None:
    """As the CLI shows a guest's files that the program made secret."""
    for part in ("inputs", "outputs"):
        if "files" in step[side].get(part, {}):
            step[side][part]["files"] = SECRET


@pytest.mark.parametrize("secret_side", ["oldState", "newState"])
def test_a_file_that_was_or_becomes_secret_shows_no_line_of_its_other_side(
    recording: Recording, secret_side: str
) -> None:
    document = recording("weight")
    for step in guests(document):
        for side in ("oldState", "newState"):
            for files in (step[side].get(part, {}).get("files") for part in ("inputs", "outputs")):
                if files:
                    files["/etc/keepalived/keepalived.conf"] = f"auth_pass {CANARY}"
        hide(step, secret_side)
    assert CANARY in json.dumps(document), "the canary must be there to be hidden"
    text = texts(document)
    assert CANARY not in text
    assert "`/etc/keepalived/keepalived.conf` on director-1, director-2: secret, so its lines are not shown." in text


def test_secret_files_on_both_sides_are_named_and_not_compared(recording: Recording) -> None:
    document = recording("weight")
    for step in guests(document):
        hide(step, "oldState")
        hide(step, "newState")
    text = texts(document)
    assert "```diff" not in text
    assert "weight" not in text
    assert "/etc/keepalived/keepalived.conf" in text


def test_a_single_secret_file_is_not_compared(recording: Recording) -> None:
    document = recording("weight")
    for step in guests(document):
        step["oldState"]["inputs"]["files"]["/etc/keepalived/keepalived.conf"] = SECRET
        if "files" in step["newState"]["inputs"]:
            step["newState"]["inputs"]["files"]["/etc/keepalived/keepalived.conf"] = f"auth_pass {CANARY}"
    assert CANARY not in texts(document)


def test_a_property_that_is_secret_on_one_side_shows_neither(recording: Recording) -> None:
    document = recording("weight")
    step = next(
        step for step in document["steps"] if step["urn"].endswith("Network::web") and "openstack" in step["urn"]
    )
    step["op"], step["detailedDiff"] = "update", {"description": {"kind": "update", "inputDiff": True}}
    step["oldState"]["inputs"]["description"], step["newState"]["inputs"]["description"] = SECRET, CANARY
    text = texts(document)
    assert "`description` (secret)" in text
    assert CANARY not in text


def test_secret_outputs_are_passed_over(recording: Recording) -> None:
    document = deepcopy(recording("weight"))
    root = next(step for step in document["steps"] if "pulumi:pulumi:Stack" in step["urn"])
    root["oldState"]["outputs"] = dict.fromkeys(root["oldState"]["outputs"], SECRET)
    text = texts(document)
    assert "none → **3.527**" in text, "what is promised now cannot be told"
    assert SECRET not in text


def test_no_secret_of_the_stack_file_is_shown(recording: Recording) -> None:
    document = recording("secret")
    assert SECRET in document["config"]["vipstack:certificates"], "the recording has a secret"
    document["config"]["vipstack:certificates"] = json.dumps({"shop": CANARY})
    text = texts(document)
    assert CANARY not in text
    assert "none → **3.527**" in text, "a stack with secrets has a promise like any other"
