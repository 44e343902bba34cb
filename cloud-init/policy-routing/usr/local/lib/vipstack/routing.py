"""Keeps the kernel's routing tables and rules as a file says: ``routing.py /etc/vipstack/routing.conf``.

Runs on a director for as long as that is up, as vipstack-routing.service; Python >= 3.9, the standard library and what
the agent brings (``guestconfig``). Once at boot would not do: a NIC that loses its cable loses its address to the DHCP
client, and with its last address all its routes, in every table; a network manager that starts again removes rules
that are not its own. So the kernel is asked again after every change of links, addresses, routes and rules.
"""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from guestconfig.agent import changes, routing

# linux/rtnetlink.h: RTMGRP_LINK, _IPV4_IFADDR, _IPV4_ROUTE, _IPV4_RULE; _IPV6_IFADDR, _IPV6_ROUTE, RTNLGRP_IPV6_RULE.
_CHANGES = 0x1 | 0x10 | 0x40 | 0x80 | 0x100 | 0x400 | 1 << 18

# Changes come in swarms, as an address with its routes: look once they are at rest. Seconds.
SETTLE = 0.1
# Whatever no message told of.
LONGEST_PAUSE = 60.0
# What was refused may be so because a NIC has no address yet.
RETRY = 2.0


def mend(wanted: list[str]) -> list[str]:
    """One look: add what is missing, then delete what of ours is not wanted; what was refused, and why."""
    there = routing.present()
    # A replaced route is another line: deleting it by the old one would miss, which says nothing.
    refused = [f"{line}: {why}" for line in wanted if line not in there and (why := routing.add(line))]
    for line in routing.present():
        if line not in wanted:
            routing.delete(line)
    return refused


def say_ready() -> None:
    """Tell systemd, once, that a first look is done (sd_notify(3))."""
    address = os.environ.pop("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as teller:
            teller.sendto(b"READY=1", "\0" + address[1:] if address.startswith("@") else address)


def main(configuration: Path) -> None:
    """Mend now and after every change."""
    heard = changes.listen(_CHANGES)
    wanted = routing.lines_of(configuration.read_text(encoding="utf-8"))
    said: list[str] = []
    while True:
        refused = mend(wanted)
        if refused != said:
            print("\n".join(refused) or "all routes and rules are there", flush=True)  # noqa: T201 - the journal
            said = refused
        say_ready()
        changes.wait(heard, RETRY if refused else LONGEST_PAUSE, SETTLE)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
