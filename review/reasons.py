"""Why a resource changes: which property, from what to what. Values that are secret or long are not shown."""

import json
import re
from collections.abc import Mapping
from typing import Any

from review.document import Change, Op, State
from review.files import SECRET, UNKNOWN

_STEP = re.compile(r'\["(?P<key>[^"]*)"\]|\[(?P<index>\d+)\]|(?P<name>[^.\[\]]+)')
_LONGEST_SHOWN = 60

# Bootstraps of hundreds of lines, or (with `delivery: user-data`) the guest's files, which are shown as such.
_NEVER_SHOWN = frozenset({"userData", "adminPass"})
_ABSENT = object()

# Where the value says less than what it stands for.
_SAID = {
    "server_id": "the server is a new one",
    "digest": "the guest does not have what was delivered last, or never reported it",
}


def reasons(change: Change) -> tuple[str, ...]:
    """One clause for each property that differs, those that force a replacement first; none for a plain creation.

    Guests' files are left out: their lines are shown. So are the provider's own notes; where they alone force a
    replacement, the properties beside them do.
    """
    if change.op in (Op.CREATE, Op.DELETE, Op.SAME):
        return ()
    forcing_kinds = {path for path, kind in change.paths.items() if kind.endswith("-replace")}
    forcing = {_top(path) for path in (*forcing_kinds, *change.replace_reasons)}
    paths = [path for path in (*change.paths, *change.replace_reasons) if _is_told(path)]
    known = {_top(path) for path in paths}
    forces = forcing & known or (known if forcing - {"id"} else set[str]())
    clauses = {
        path: f"{_clause(change, path)}{' (forces the replacement)' if _top(path) in forces else ''}" for path in paths
    }
    return tuple(clauses[path] for path in sorted(clauses, key=lambda path: _top(path) not in forces))


def _is_told(path: str) -> bool:
    # `id` differs because the operator ordered a replacement.
    return not path.startswith("__") and _top(path) not in ("files", "id")


def _clause(change: Change, path: str) -> str:
    if path in _SAID:
        return _SAID[path]
    if _top(path) in _NEVER_SHOWN:
        return f"`{path}`"
    old, new = _both(change, path)
    if SECRET in (old, new):
        return f"`{path}` (secret)"
    if old is _ABSENT and new is _ABSENT:
        return f"`{path}`"
    before, after = shown(old), shown(new)
    if before is None or after is None:
        return f"`{path}`"
    return f"`{path}`: {before} → {after}"


def _both(change: Change, path: str) -> tuple[object, object]:
    """Before and after: an output stands where there is no such input."""
    old, new = change.old or State(), change.new or State()
    before = _at(old.inputs, path)
    if before is _ABSENT:
        before = _at(old.outputs, path)
    return before, _at(new.inputs, path)


def shown(value: object) -> str | None:
    """A value in backquotes, as short as it is; None where it is too long to be read here."""
    if value is _ABSENT or value is None or value == "":
        return "nothing"
    if value == UNKNOWN:
        return "what the update will know"
    text = value if isinstance(value, str) else json.dumps(value)
    if UNKNOWN in text or SECRET in text or len(text) > _LONGEST_SHOWN or not text.isprintable():
        return None
    quoted = text.replace("`", "'")
    return f"`{quoted}`"


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _at(properties: Mapping[str, Any], path: str) -> object:
    value: Any = properties
    for step in _STEP.finditer(path):
        if value in (SECRET, UNKNOWN):
            return value
        key = step["key"] if step["key"] is not None else step["name"]
        if isinstance(value, dict) and key in value:
            value = value[key]  # pyright: ignore[reportUnknownVariableType]
        elif isinstance(value, list) and step["index"] and int(step["index"]) < len(value):  # pyright: ignore[reportUnknownArgumentType]
            value = value[int(step["index"])]  # pyright: ignore[reportUnknownVariableType]
        else:
            return _ABSENT
    return value  # pyright: ignore[reportUnknownVariableType]
