"""Hears from the kernel that links, addresses, routes or rules changed (rtnetlink(7)); what changed, nobody asks it."""

from __future__ import annotations

import socket
import time


def listen(groups: int) -> socket.socket:
    """A socket that hears of changes; ``groups`` is a mask of RTMGRP_* (linux/rtnetlink.h)."""
    changes = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    changes.bind((0, groups))
    return changes


def wait(changes: socket.socket, pause: float, settle: float) -> None:
    """Wait until something changed and has been at rest for ``settle`` seconds, or until the pause is over."""
    try:
        changes.settimeout(pause)
        changes.recv(1 << 16)
        time.sleep(settle)
        changes.settimeout(0)
        while True:
            changes.recv(1 << 16)
    except OSError:
        # Nothing more to read, or more came than the socket holds: look again either way.
        return
