"""What a comment must bear: its marker, its length, and text that tries to leave its place."""

from collections.abc import Callable
from typing import Any

from review.markdown import markdown
from review.report import report
from review.rules import BrokenRule

Recording = Callable[[str], dict[str, Any]]

GITHUBS_LIMIT = 65_536


def comment(document: dict[str, Any]) -> str:
    return markdown(report("shop", document))


def write_into_files(document: dict[str, Any], text: str) -> None:
    for step in document["steps"]:
        if "guestconfig:guest:Configuration" in step["urn"] and step["op"] == "update":
            new = step["newState"]["inputs"]["files"]
            new["/etc/keepalived/keepalived.conf"] = text


def test_the_first_line_finds_the_comment_again(recording: Recording) -> None:
    texts = [comment(recording(name)) for name in ("weight", "unchanged", "refused")]
    assert {text.splitlines()[0] for text in texts} == {"<!-- vipstack preview shop -->"}


def test_a_stack_of_an_organisation_is_known_by_its_own_name(recording: Recording) -> None:
    assert markdown(report("acme/vipstack/shop", recording("weight"))).startswith("<!-- vipstack preview shop -->\n")


def test_diffs_that_would_not_fit_are_named_and_left_out(recording: Recording) -> None:
    document = recording("weight")
    write_into_files(document, "a line that is new\n" * 5000)
    text = comment(document)
    assert len(text) < GITHUBS_LIMIT
    assert "Too long for a comment" in text
    assert "`/etc/keepalived/keepalived.conf` on director-1; " in text
    assert '+          "weight": 3' in text, "what fits is shown all the same"


def test_a_file_cannot_end_its_own_fence(recording: Recording) -> None:
    document = recording("weight")
    write_into_files(document, "```\n@everyone <img src=x>\n")
    assert "````diff\n" in comment(document)


def test_a_value_cannot_end_its_cell_or_its_backquotes(recording: Recording) -> None:
    document = recording("unchanged")
    (step,) = [step for step in document["steps"] if step["urn"].endswith("networking/network:Network::web")]
    step["op"], step["detailedDiff"] = "update", {"description": {"kind": "update", "inputDiff": True}}
    step["newState"]["inputs"]["description"] = "a | `b` | @everyone"
    assert "`a \\| 'b' \\| @everyone`" in comment(document)


def test_a_broken_rule_stands_before_the_changes_and_cannot_leave_its_fence(recording: Recording) -> None:
    rules = (
        BrokenRule("virtual-ips-are-reserved", "www: ``` @everyone"),
        BrokenRule("directors-are-placed-apart", "One host takes both along.", advisory=True),
    )
    text = markdown(report("shop", recording("weight"), rules))
    refused = "**Refused, by the rule `virtual-ips-are-reserved`**\n\n````\nwww: ``` @everyone\n````\n\n"
    advice = "**Advice, by the rule `directors-are-placed-apart`**\n\n```\nOne host takes both along.\n```\n\n"
    assert f"{refused}{advice}Servers:" in text
