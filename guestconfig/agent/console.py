"""Writing lines on the serial console that the cloud's console-output API shows."""

from __future__ import annotations

import os
import select
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guestconfig.agent.guest import Guest

CONSOLE = "/dev/console"
SERIAL = "/dev/ttyS0"
ACTIVE_CONSOLES = "/sys/class/tty/console/active"

_WRITE_TIME_LIMIT = 5.0


def say(guest: Guest, text: str) -> None:
    """Print a line, on a line of its own even where another program left one unfinished."""
    for device in _devices(guest):
        _write(device, f"\n{text}\n".encode())


def _devices(guest: Guest) -> list[str]:
    active = (guest.read(ACTIVE_CONSOLES) or b"").decode().split()
    # /dev/console is the last of the active ones; a screen is of no use to the console-output API.
    serial = not active or active[-1] not in ("tty0", "tty1")
    return [str(guest.at(path)) for path in ((CONSOLE,) if serial else (CONSOLE, SERIAL))]


def _write(device: str, line: bytes) -> None:
    """Write without waiting for ever: a console that nobody drains must not stop its writer."""
    try:
        descriptor = os.open(device, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_APPEND)
    except OSError:
        return
    until = time.monotonic() + _WRITE_TIME_LIMIT
    try:
        while line and time.monotonic() < until:
            if select.select([], [descriptor], [], _WRITE_TIME_LIMIT)[1]:
                line = line[os.write(descriptor, line) :]
    except OSError:
        return
    finally:
        os.close(descriptor)
