"""Stack files for this rung: the base without a finding, and changes to it."""

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

BASE = Path(__file__).parent / "config" / "bad_input" / "base.yaml"

Change = Callable[[Mapping[str, Any]], dict[str, Any]]


@pytest.fixture
def changed() -> Change:
    """The base with changes: values by path, a list's item by its number; DELETE removes the key."""
    base = BASE.read_text()

    def change(changes: Mapping[str, Any]) -> dict[str, Any]:
        nouns: dict[str, Any] = yaml.load(base, yaml.CSafeLoader)
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
