"""The line diffs of a guest's files. Secret files are named and never compared: neither of their sides is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from review.document import Change, State
from review.stack import CONFIGURATION

SECRET = "[secret]"  # noqa: S105 - the CLI's word in a secret's place
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Stands in a preview for what only the update will know (``pulumi.runtime.rpc.UNKNOWN``)."""

_PATH = re.compile(r'files\["(?P<path>.*)"\]')


@dataclass(frozen=True)
class FileChange:
    """A file of a guest. ``kind`` is ``add``, ``delete`` or ``update``.

    ``lines`` are those of a unified diff without its two headers, None where they are not to be told: ``untold`` says
    why.
    """

    path: str
    kind: str
    lines: tuple[str, ...] | None
    untold: str = ""

    @property
    def touched(self) -> tuple[str, ...]:
        """The lines that come or go, without their sign."""
        return tuple(line[1:] for line in self.lines or () if line[:1] in "+-")


def file_changes(change: Change) -> tuple[FileChange, ...]:
    """The files of a guest that an update changes, by their paths; none for what is no guest's configuration."""
    if change.type != CONFIGURATION or change.old is None or change.new is None:
        return ()
    old, new = _files(change.old), _files(change.new)
    if old is None or new is None:
        secret = SECRET in (change.old.inputs.get("files"), change.new.inputs.get("files"))
        untold = "secret" if secret else "known only after the update"
        named = [(found["path"], kind) for path, kind in change.paths.items() if (found := _PATH.fullmatch(path))]
        whole = [("its files", change.paths["files"])] if "files" in change.paths else []
        return tuple(FileChange(path, kind, None, untold) for path, kind in [*named, *whole])
    return tuple(
        _file_change(path, old.get(path), new.get(path))
        for path in sorted({*old, *new})
        if old.get(path) != new.get(path)
    )


def _files(state: State) -> Mapping[str, Any] | None:
    files = state.inputs.get("files")
    return files if isinstance(files, dict) else None  # pyright: ignore[reportUnknownVariableType]


def _file_change(path: str, old: str | None, new: str | None) -> FileChange:
    kind = "add" if old is None else "delete" if new is None else "update"
    if SECRET in (old, new):
        return FileChange(path, kind, None, "secret")
    if UNKNOWN in (old, new):
        return FileChange(path, kind, None, "known only after the update")
    diff = list(unified_diff((old or "").splitlines(), (new or "").splitlines(), lineterm="", n=3))
    return FileChange(path, kind, tuple(diff[2:]))
