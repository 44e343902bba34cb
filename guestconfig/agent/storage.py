"""Files that are whole at every moment, also across a crash: candidate, fsync, rename, fsync of the folder.

The agent's own memory is two manifests in /var/lib/vipstack: ``current``, the last one taken into use, and ``pending``,
one whose swap had begun.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from guestconfig.agent.guest import Guest
from guestconfig.wire import CorruptError, Manifest

CURRENT = "/var/lib/vipstack/current.json"
PENDING = "/var/lib/vipstack/pending.json"

_PRIVATE = 0o600


def candidate_of(path: Path) -> Path:
    """Where a file's next contents wait: in the same folder, under a name that no daemon reads."""
    return path.with_name(f".{path.name}.vipstack-new")


def write_candidate(path: Path, contents: bytes, mode: int) -> Path:
    """Write the next contents of a file, on disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    candidate = candidate_of(path)
    candidate.unlink(missing_ok=True)
    descriptor = os.open(candidate, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(contents)
        file.flush()
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    return candidate


def commit(path: Path) -> None:
    """Put the candidate in the file's place."""
    candidate_of(path).replace(path)
    _sync_folder(path.parent)


def remove(path: Path) -> None:
    """Take a file away, if it is there."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        _sync_folder(path.parent)


def replace(path: Path, contents: bytes, mode: int) -> None:
    """Candidate and swap in one go."""
    write_candidate(path, contents, mode)
    commit(path)


def remember(guest: Guest, place: str, manifest: Manifest) -> None:
    """Keep a manifest; it may hold a password."""
    replace(guest.at(place), manifest.to_json().encode(), _PRIVATE)


def recall(guest: Guest, place: str) -> Manifest | None:
    """The manifest kept there; None where there is none or none that can be read."""
    text = guest.read(place)
    with contextlib.suppress(CorruptError):
        return Manifest.from_json(text) if text else None
    return None


def forget(guest: Guest, place: str) -> None:
    """Keep it no longer."""
    remove(guest.at(place))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
