"""Finds the guest's interfaces by their MAC: names differ from image to image.

Only physical NICs count: a macvlan, VLAN or bond may carry the same address, and a bonded NIC shows the bond's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from guestconfig.agent.guest import Guest, StepError

STEP = "interfaces"

_WORD = re.compile(r"@nic:([A-Za-z0-9_.-]+)@")


def names_by_mac(guest: Guest) -> dict[str, str]:
    """The physical NICs: their own MAC, in lower case, and their name."""
    found: dict[str, str] = {}
    for interface in sorted(guest.at("/sys/class/net").glob("*")):
        if not (interface / "device").exists():
            continue
        own = interface / "bonding_slave" / "perm_hwaddr"
        mac = _read(own) or _read(interface / "address")
        if mac:
            found[mac.lower()] = interface.name
    return found


def substitute(files: Mapping[str, str], macs: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """The files with every ``@nic:<network>@`` replaced by the interface's name.

    Raises:
        StepError: a word names a network of which the manifest gives no MAC, or no NIC has that MAC.
    """
    missing: list[str] = []

    def name_of(word: re.Match[str]) -> str:
        mac = macs.get(word[1], "")
        name = names.get(mac.lower())
        if name is None:
            missing.append(f"network {word[1]}: no NIC with MAC {mac or '(none given)'}")
        return name or word[0]

    texts = {path: _WORD.sub(name_of, text) for path, text in files.items()}
    if missing:
        present = ", ".join(f"{name} {mac}" for mac, name in names.items()) or "none"
        raise StepError(STEP, [*dict.fromkeys(missing), f"NICs here: {present}"])
    return texts


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
