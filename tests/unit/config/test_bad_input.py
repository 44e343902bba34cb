"""Every bad input that the file alone betrays, with its exact words.

This rung decides what is refused and what the operator reads. The cases are files in ``bad_input/``, one a noun; with
--update-goldens their words are written anew, to be read in the diff. What the cloud refuses is decided elsewhere.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.check import check
from components.config.errors import StackFileError

FOLDER = Path(__file__).parent / "bad_input"
FILES = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "base.yaml")
CASES = [(path, case) for path in FILES for case in yaml.load(path.read_text(), yaml.CSafeLoader)]


def findings_of(nouns: dict[str, Any]) -> list[str]:
    try:
        check(nouns)
    except StackFileError as error:
        return [str(finding) for finding in error.findings]
    return []


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-goldens", default=False))


@pytest.mark.parametrize("base", [None, *sorted(path.stem for path in (FOLDER / "bases").glob("*.yaml"))])
def test_a_base_has_no_finding(base: str | None, changed) -> None:
    assert findings_of(changed({}, base)) == [], "a case must fail by its change alone"


@pytest.mark.parametrize(("path", "case"), CASES, ids=[f"{path.stem}: {case['case']}" for path, case in CASES])
def test_bad_input_is_refused_in_these_words(path: Path, case: dict[str, Any], changed, update: bool) -> None:
    found = findings_of(changed(case["change"], path.stem))
    if update:
        case["findings"] = found
        cases = [other for home, other in CASES if home == path]
        path.write_text(yaml.dump(cases, sort_keys=False, width=118, allow_unicode=True))
    assert found, f"{case['case']}: nothing was refused, so something would be created that cannot work"
    assert found == case["findings"], "an operator reads these words; change them on purpose, with --update-goldens"


def test_every_case_is_named_once() -> None:
    names = [f"{path.stem}: {case['case']}" for path, case in CASES]
    assert len(names) == len(set(names)), "a case named twice hides the other"
