"""Says on the console which IPv4 addresses this director holds, each time that changes.

Runs on a director for as long as that is up, as vipstack-addresses.service; Python >= 3.9, the standard library and
``guestconfig.frames`` alone. Who holds a virtual IP is what a drill must know before it breaks that director, and the
console can be read through the cloud's API where nothing else can. The kernel is asked, not keepalived: the address is
what serves the clients, whatever the daemon believes. Deliberately silent while nothing changes, since a console log
keeps only its last 100 kB.
"""

from __future__ import annotations

import json
import socket
import subprocess
import time
from pathlib import Path

from guestconfig import frames

PREFIX = "VIPSTACK-ADDRESSES"
CONSOLE = Path("/dev/console")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

# A failover changes several addresses at once: say them together.
SETTLE = 0.2

_IPV4_ADDRESS_CHANGES = 0x10  # RTMGRP_IPV4_IFADDR, rtnetlink(7)


def addresses() -> list[str]:
    """The IPv4 addresses of all interfaces but the loopback, sorted."""
    shown = subprocess.run(["ip", "-json", "-4", "address", "show"], check=True, capture_output=True, text=True)
    links = [link for link in json.loads(shown.stdout) if link.get("ifname") != "lo"]
    return sorted({info["local"] for link in links for info in link["addr_info"]})


def main() -> None:
    """Say them now and after each change."""
    boot = BOOT_ID.read_text().strip()
    said: list[str] | None = None
    changes = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    changes.bind((0, _IPV4_ADDRESS_CHANGES))
    while True:
        held = addresses()
        if held != said:
            document = {
                "host": socket.gethostname(),
                "boot": boot,
                "epoch": round(time.time(), 3),
                "addresses": held,
            }
            with CONSOLE.open("a") as console:
                console.write(f"\n{frames.frame(PREFIX, document)}\n")
            said = held
        _wait(changes)


def _wait(changes: socket.socket) -> None:
    changes.settimeout(None)
    try:
        changes.recv(1 << 16)
        time.sleep(SETTLE)
        changes.settimeout(0)
        while True:
            changes.recv(1 << 16)
    except OSError:
        # Nothing more to read, or more came than the socket holds: look again either way.
        return


if __name__ == "__main__":
    main()
