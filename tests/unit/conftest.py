"""Stack files for this rung: the base without a finding, and changes to it."""

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

BASE = Path(__file__).parent / "config" / "bad_input" / "base.yaml"

# Other bases, for nouns that make no sense beside those of the first one; each by the name of its cases.
OTHER_BASES = {path.stem: path for path in (BASE.parent / "bases").glob("*.yaml")}

Change = Callable[..., dict[str, Any]]


@pytest.fixture
def changed() -> Change:
    """The base with changes: values by path, a list's item by its number; DELETE removes the key."""
    base = BASE.read_text()

    def change(changes: Mapping[str, Any], other: str | None = None) -> dict[str, Any]:
        text = OTHER_BASES[other].read_text() if other in OTHER_BASES else base
        nouns: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
        for path, value in changes.items():
            *above, last = path.split(".")
            holder: Any = nouns
            for part in above:
                holder = holder[int(part)] if part.isdecimal() else holder[part]
            if value == "DELETE":
                del holder[last]
            else:
                holder[last] = copy.deepcopy(value)  # a later change may go into it
        return nouns

    return change
