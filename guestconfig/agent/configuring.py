"""From a manifest to files in use: refuse, substitute, check, swap, activate, or put everything back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from guestconfig import paths
from guestconfig.agent import activation, checking, expectations, interfaces, storage
from guestconfig.agent.guest import Guest, StepError
from guestconfig.wire import Manifest


@dataclass(frozen=True)
class Change:
    """A file that differs: its contents before and after, None where there is no file."""

    before: bytes | None
    after: bytes | None


def configure(guest: Guest, role: str, manifest: Manifest, say: Callable[[str], None]) -> None:
    """Take a manifest into use.

    Args:
        guest: this machine.
        role: what this machine was made for.
        manifest: what it is to be.
        say: told the name of each step as it begins.

    Raises:
        StepError: refused or failed; the files are as they were before.
    """
    texts = _texts(guest, role, manifest)
    changes = _changes(guest, texts)
    say(checking.STEP)
    _check(guest, changes)
    units = expectations.units_of(expectations.expected(texts.get(paths.EXPECTATIONS_PATH)))
    storage.remember(guest, storage.PENDING, manifest)
    _write(guest, changes)
    say(activation.STEP)
    try:
        activation.activate(guest, changes, units)
    except StepError as error:
        _put_back(guest, changes, error)
        storage.forget(guest, storage.PENDING)
        raise
    storage.remember(guest, storage.CURRENT, manifest)
    storage.forget(guest, storage.PENDING)


def _texts(guest: Guest, role: str, manifest: Manifest) -> dict[str, str]:
    refused = paths.refused(manifest.files)
    if refused:
        raise StepError("verify", [f"{path} is not a file that may be delivered" for path in refused])
    if manifest.role != role:
        raise StepError("verify", [f"the configuration is for a {manifest.role}, this guest is a {role}"])
    return interfaces.substitute(manifest.files, manifest.interfaces, interfaces.names_by_mac(guest))


def _changes(guest: Guest, texts: Mapping[str, str]) -> dict[str, Change]:
    known = [storage.recall(guest, storage.CURRENT), storage.recall(guest, storage.PENDING)]
    gone = {path for manifest in known if manifest for path in manifest.files if paths.rule_for(path)} - set(texts)
    wanted = {**{path: text.encode() for path, text in texts.items()}, **dict.fromkeys(gone)}
    changes = {path: Change(guest.read(path), after) for path, after in wanted.items()}
    return {path: change for path, change in changes.items() if change.before != change.after}


def _check(guest: Guest, changes: Mapping[str, Change]) -> None:
    places = [guest.at(path) for path, change in changes.items() if change.after is not None]
    candidates: list[tuple[str, Path, str]] = []
    try:
        # All of them first: a file may speak of another.
        for path, change in changes.items():
            rule = paths.rule_for(path)
            if rule and change.after is not None:
                candidate = storage.write_candidate(guest.at(path), change.after, rule.mode)
                candidates.append((path, candidate, rule.kind))
        for path, candidate, kind in candidates:
            checking.check(path, candidate, kind)
    except StepError:
        for place in places:
            storage.candidate_of(place).unlink(missing_ok=True)
        raise


def _write(guest: Guest, changes: Mapping[str, Change]) -> None:
    for path, change in changes.items():
        if change.after is None:
            storage.remove(guest.at(path))
        else:
            storage.commit(guest.at(path))


def _put_back(guest: Guest, changes: Mapping[str, Change], error: StepError) -> None:
    for path, change in changes.items():
        rule = paths.rule_for(path)
        if rule and change.before is not None:
            storage.replace(guest.at(path), change.before, rule.mode)
        else:
            storage.remove(guest.at(path))
    try:
        activation.activate(guest, changes, ())
    except StepError as second:
        error.log += ["and the old files could not be taken into use again:", *second.log]
