"""The comments on pull requests, letter by letter: what reviewers meet, each from a recording of the real CLI.

Decides that a comment says what was read and approved once. Cannot decide that it renders well: GitHub's and GitLab's
markdown is not here. ``--update-goldens`` writes them anew.
"""

import json
from pathlib import Path

import pytest

from review.markdown import markdown
from review.plain import plain
from review.report import report

HERE = Path(__file__).parent
GOLDENS = HERE / "goldens"
CASES = [path.stem for path in sorted((HERE / "recordings").glob("*.json")) if not path.stem.startswith("drift")]


def rendered(case: str) -> dict[str, str]:
    document = json.loads((HERE / "recordings" / f"{case}.json").read_text())
    found = report("secret" if case == "secret" else "shop", document)
    return {f"{case}.md": markdown(found), f"{case}.txt": f"{plain(found)}\n"}


@pytest.mark.parametrize("case", CASES)
def test_a_reviewer_reads_what_was_approved(case: str, updating: bool) -> None:
    for name, text in rendered(case).items():
        golden = GOLDENS / name
        if updating:
            golden.write_text(text)
        assert golden.exists(), f"{golden}: a text that nobody has read; run with --update-goldens, read it, commit it"
        assert text == golden.read_text(), f"{golden}: reviewers would read something else"


def test_no_golden_is_left_without_a_recording() -> None:
    wanted = {name for case in CASES for name in (f"{case}.md", f"{case}.txt")}
    wanted |= {f"{path.stem}.txt" for path in (HERE / "recordings").glob("drift*.json")}
    assert {path.name for path in GOLDENS.iterdir()} == wanted
