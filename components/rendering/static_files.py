"""The files that are the same on every guest of a role with the same features: units, scripts, the agent.

They come with the user data. Below ``cloud-init/common``, ``cloud-init/<role>`` and ``cloud-init/<feature>`` the path
is the path on the guest; templates are not among them.
The agent's modules come from ``guestconfig/``, which the program itself uses too.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from components.plan.hosts import Feature, Role
from components.rendering.environment import CLOUD_INIT, SUFFIX
from guestconfig import wire

COMMON = "common"
UNITS = "/etc/systemd/system/"

_EXECUTABLE = 0o111


@dataclass(frozen=True)
class StaticFile:
    """A file's path on the guest, its mode as chmod writes it, and its text."""

    path: str
    mode: str
    text: str


@cache
def static_files(role: Role, features: tuple[Feature, ...] = ()) -> tuple[StaticFile, ...]:
    """The common files, the role's own and those of the features, sorted by path."""
    tops = [CLOUD_INIT / folder for folder in (COMMON, role, *features)]
    found = [_read(top, place) for top in tops for place in sorted(top.rglob("*"))]
    return tuple(sorted((file for file in found if file), key=lambda file: file.path))


@cache
def agent_modules() -> tuple[StaticFile, ...]:
    """The agent and what it shares with the program, where its unit looks for them."""
    checkout = CLOUD_INIT.parent
    return tuple(
        StaticFile(f"{wire.GUEST_LIBRARY}/{module}", "0644", (checkout / module).read_text(encoding="utf-8"))
        for module in wire.GUEST_MODULES
    )


def units(role: Role, features: tuple[Feature, ...] = ()) -> tuple[str, ...]:
    """The names of the systemd units among the static files, drop-ins for others left out."""
    paths = (file.path for file in static_files(role, features) if file.path.startswith(UNITS))
    return tuple(path.removeprefix(UNITS) for path in paths if "/" not in path.removeprefix(UNITS))


def _read(top: Path, place: Path) -> StaticFile | None:
    # What Python, an editor or a linter leaves beside a file is no part of the guest.
    leftover = any(part == "__pycache__" or part.startswith(".") for part in place.relative_to(top).parts)
    if leftover or place.suffix == SUFFIX or not place.is_file():
        return None
    mode = "0755" if place.stat().st_mode & _EXECUTABLE else "0644"
    return StaticFile(f"/{place.relative_to(top)}", mode, place.read_text(encoding="utf-8"))
