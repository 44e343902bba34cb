"""What is asked of the CLI for a policy pack's judgement, and what is made of its stream of events."""

import json
from pathlib import Path

import pytest

from review.asking import ask_rules
from review.errors import ReviewError
from review.rules import BrokenRule, broken_rules
from tests.unit.review.test_asking import pulumi

# As pulumi 3.259.0 streams them, shortened.
EVENTS = (
    {"sequence": 0, "policyLoadEvent": {}},
    {"sequence": 1, "diagnosticEvent": {"prefix": "debug: ", "message": "registering", "severity": "debug"}},
    {
        "sequence": 2,
        "policyEvent": {
            "message": "A port is open.\nport tap: it is.\n",
            "policyName": "ports-are-shut",
            "policyPackName": "vipstack",
            "enforcementLevel": "mandatory",
        },
    },
    {
        "sequence": 3,
        "policyEvent": {"message": "Apart is better.", "policyName": "apart", "enforcementLevel": "advisory"},
    },
    {"sequence": 4, "summaryEvent": {"result": "failed", "isPreview": True}},
)


def streaming(folder: Path, *events: object) -> dict[str, str]:
    """An environment whose ``pulumi`` tells of its calls in ``asked``, and streams the events where it is asked to."""
    lines = folder / "events"
    lines.write_text("".join(f"{json.dumps(event)}\n" for event in events))
    script = (
        f'echo "$(pwd): $*" >> {folder}/asked\n'
        f'[ "$1" = install ] || [ "$PULUMI_ENABLE_STREAMING_JSON_PREVIEW" != true ] || {{ cat {lines}; exit 1; }}'
    )
    return pulumi(folder, script)


def test_the_broken_rules_are_those_of_the_stream(tmp_path: Path) -> None:
    found = broken_rules(ask_rules("shop", streaming(tmp_path, *EVENTS), [tmp_path]))
    assert found == (
        BrokenRule("ports-are-shut", "A port is open.\nport tap: it is."),
        BrokenRule("apart", "Apart is better.", advisory=True),
    )


def test_a_packs_packages_are_installed_before_it_judges(tmp_path: Path) -> None:
    ask_rules("shop", streaming(tmp_path, *EVENTS), [tmp_path], ["--refresh"])
    first, second = (tmp_path / "asked").read_text().splitlines()
    assert first == f"{tmp_path}: install --non-interactive"
    words = f"preview --json --non-interactive --stack shop --refresh --policy-pack={tmp_path}"
    assert second.endswith(f": {words}"), "in the project's folder"


def test_a_pack_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    environment = pulumi(tmp_path, 'echo "error: no PulumiPolicy.yaml here" >&2; exit 255')
    with pytest.raises(ReviewError) as caught:
        ask_rules("shop", environment, [tmp_path])
    assert str(caught.value) == (
        f"policy pack {tmp_path}: `pulumi install` did not judge by it: error: no PulumiPolicy.yaml here\n"
        "  expected: a folder with a PulumiPolicy.yaml, whose packages a registry has\n"
        "  do: see `pulumi install` in that folder, and `pulumi preview --policy-pack`"
    )


def test_a_preview_that_ended_half_way_judged_nothing(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="`pulumi preview` did not judge by it"):
        ask_rules("shop", streaming(tmp_path, *EVENTS[:2]), [tmp_path])
