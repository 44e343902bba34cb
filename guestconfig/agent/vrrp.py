"""Asks keepalived for the state of its VRRP instances.

By its data dump: SIGUSR1 to the main process makes it write /tmp/keepalived.data, without a line of configuration
(a notify FIFO tells only of changes, SNMP and D-Bus need set-up). The dump holds the password, so it is read and
removed.
"""

from __future__ import annotations

import re
import time

from guestconfig.agent import commands
from guestconfig.agent.guest import Guest

DUMP = "/tmp/keepalived.data"  # noqa: S108 - keepalived's own fixed place, written by root with mode 0600

_WRITING_TIME = 5.0
_LOOK_EVERY = 0.1
_INSTANCE = re.compile(r"^ VRRP Instance = (\S+)$|^   State = (\w+)$", re.MULTILINE)
_END = "------< Interfaces >------"


def states(guest: Guest) -> dict[str, str]:
    """The instances and their states (MASTER, BACKUP, FAULT, INIT); empty while keepalived does not answer."""
    dump = guest.at(DUMP)
    dump.unlink(missing_ok=True)
    code, _ = commands.run(["systemctl", "kill", "--kill-whom=main", "--signal=USR1", "keepalived.service"])
    until = time.monotonic() + _WRITING_TIME
    while code == 0 and time.monotonic() < until:
        text = (guest.read(DUMP) or b"").decode(errors="replace")
        if _END in text:
            dump.unlink(missing_ok=True)
            return parse(text)
        time.sleep(_LOOK_EVERY)
    return {}


def parse(dump: str) -> dict[str, str]:
    """The states in a dump: each instance's first ``State`` line is its own."""
    found: dict[str, str] = {}
    name = ""
    for instance, state in _INSTANCE.findall(dump.split(_END, maxsplit=1)[0]):
        if instance:
            name = instance
        elif name:
            found.setdefault(name, state)
    return found
