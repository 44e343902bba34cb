"""Whatever stands in a stack file, the answer is findings or a plan, never a traceback.

This rung decides that by chance: a good stack with something put anywhere in it; and for each key of every stack file
here, emptied or left out. The words are decided in test_bad_input.py.
"""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from components.config.check import check
from components.config.errors import StackFileError
from components.config.stack import StackConfig
from components.config.yaml_text import parse
from components.plan.stack import assumed_addresses, plan_stack

OCTETS = st.integers(min_value=0, max_value=33)
ADDRESSES = OCTETS.map(lambda octet: f"203.0.113.{octet}")
PLAUSIBLE = st.one_of(
    ADDRESSES,
    st.lists(ADDRESSES, max_size=3),
    st.builds("{}-{}".format, ADDRESSES, ADDRESSES),
    st.lists(st.builds("{}-{}".format, ADDRESSES, ADDRESSES), max_size=3),
    st.sampled_from(
        ["web", "www", "lan", "203.0.113.0/28", "0.0.0.0/0", "255.255.255.248/29", "tcp", "static", "none"]
    ),
    st.lists(st.sampled_from(["www", "web", "director-1", "observer"]), max_size=3),
    st.integers(min_value=-1, max_value=300),
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
ROOT = Path(__file__).parents[3]
FILES = [path for folder in ("stacks", "tests/golden/stacks") for path in sorted((ROOT / folder).glob("Pulumi.*.yaml"))]
PATIENT = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def judged(nouns: dict[str, Any]) -> tuple[StackConfig | None, list[str]]:
    try:
        return check(nouns), []
    except StackFileError as error:
        return None, [str(finding) for finding in error.findings]


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


@PATIENT
@given(st.data())
def test_something_anywhere_gives_findings_or_a_plan(changed, data: st.DataObject) -> None:
    nouns = changed({})
    for path in data.draw(st.lists(st.sampled_from(places(nouns)[1:]), min_size=1, max_size=3), label="where"):
        holder: Any = nouns
        try:
            for part in path[:-1]:
                holder = holder[part]
            holder[path[-1]] = data.draw(PLAUSIBLE | ANYTHING, label="what")
        except (KeyError, TypeError, IndexError):
            assume(False)
    config, findings = judged(nouns)
    assert all("\n" not in finding for finding in findings), "a finding is one line"
    if config is None:
        return
    plan = plan_stack("s", config)
    addresses = assumed_addresses(plan)
    taken = [*addresses.values(), *(vip.address for vip in plan.virtual_ips)]
    assert len(set(taken)) == len(taken), "two ports of one network would have one address"


def keys_of_all_files() -> dict[tuple[Any, ...], tuple[Path, tuple[Any, ...]]]:
    """Where each key stands first: the keys of a noun that are equally deep and named the same are one."""
    found: dict[tuple[Any, ...], tuple[Path, tuple[Any, ...]]] = {}
    for file in FILES:
        for path in places(nouns_of(file))[1:]:
            found.setdefault((path[0], len(path), path[-1]), (file, path))
    return found


def nouns_of(file: Path) -> dict[str, Any]:
    config = yaml.load(file.read_text(), yaml.CSafeLoader)["config"]
    return {key.removeprefix("vipstack:"): noun for key, noun in config.items() if key.startswith("vipstack:")}


@pytest.mark.parametrize("emptied", [True, False], ids=["emptied", "left out"])
def test_each_key_emptied_or_left_out_gives_findings_or_a_plan(emptied: bool) -> None:
    for file, (*above, last) in keys_of_all_files().values():
        nouns = nouns_of(file)
        holder: Any = nouns
        for part in above:
            holder = holder[part]
        if emptied:
            holder[last] = None
        else:
            del holder[last]
        try:
            check(nouns)
        except StackFileError:
            continue
        except Exception as error:
            error.add_note(f"{file.name}: {'.'.join(map(str, (*above, last)))}")
            raise


@PATIENT
@given(st.dictionaries(st.text(max_size=12), ANYTHING, max_size=4))
def test_nouns_from_anywhere_give_findings(nouns: dict[str, Any]) -> None:
    before = copy.deepcopy(nouns)
    config, findings = judged(nouns)
    assert config is None, "nothing was required"
    assert findings
    assert repr(nouns) == repr(before), "checking changes nothing"


@PATIENT
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    _, findings = parse(text, "f")
    assert len(findings) <= 1
