"""The goldens as a daemon meets them on a guest: with the interfaces' names in place."""

import re
from pathlib import Path

GOLDENS = Path(__file__).parents[1] / "golden" / "goldens"

_INTERFACE = re.compile(r"@nic:([a-z0-9-]+)@")
_BRIDGE = re.compile(r" (?:interface|dev) (br-[a-z0-9-]+)$", re.MULTILINE)


def goldens(pattern: str) -> dict[str, Path]:
    """The goldens whose path on the guest is this, by the case and host they belong to."""
    return {str(path.relative_to(GOLDENS)): path for path in sorted(GOLDENS.glob(f"*/*/{pattern}"))}


def interfaces(text: str) -> list[str]:
    """The names that ``on_guest`` gives to the text's interfaces, and those of bridges over bonds."""
    return sorted({*(f"n-{key}"[:15] for key in _INTERFACE.findall(text)), *_BRIDGE.findall(text)})


def on_guest(text: str) -> str:
    """The text with an interface's name for every word that stands for one."""
    return _INTERFACE.sub(lambda word: f"n-{word[1]}"[:15], text)
