"""Says on the console which addresses this director holds, each time that changes.

Runs on a director for as long as that is up, as vipstack-addresses.service; Python >= 3.9, the standard library and
what the agent brings (``guestconfig``). Who holds a virtual IP is what a drill must know before it breaks that one,
and the console can be read through the cloud's API where nothing else can. The kernel is asked, not keepalived: the
address is what serves the clients, whatever the daemon believes.
"""

from __future__ import annotations

import json
import subprocess
import time

from guestconfig import frames
from guestconfig.agent import changes, console
from guestconfig.agent.guest import Guest

PREFIX = "VIPSTACK-ADDRESSES"

# A failover changes several addresses at once: say them together.
SETTLE = 0.2
# A line may be damaged by the kernel's own, so it is said again, then so rarely that it does not crowd out what else
# the console log keeps (its last 100 kB). Seconds.
PAUSES = (3, 10)
LAST_PAUSE = 600

_ADDRESS_CHANGES = 0x10 | 0x100  # RTMGRP_IPV4_IFADDR and RTMGRP_IPV6_IFADDR, rtnetlink(7)


def addresses() -> list[str]:
    """The addresses of all interfaces but the loopback, sorted; link-local ones say nothing."""
    command = ["ip", "-json", "address", "show", "scope", "global"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True)
    links = [link for link in json.loads(shown.stdout) if link.get("ifname", "lo") != "lo"]
    return sorted({info["local"] for link in links for info in link["addr_info"] if "local" in info})


def say(guest: Guest, held: list[str]) -> None:
    """One announcement; ``drill/consoles.py`` reads it."""
    document = {"host": guest.name, "boot": guest.boot, "epoch": round(time.time(), 3), "addresses": held}
    console.say(guest, frames.frame(PREFIX, document))


def main() -> None:
    """Say them now, after each change, and now and then."""
    guest = Guest()
    said: list[str] = []
    times = 0
    heard = changes.listen(_ADDRESS_CHANGES)
    due = 0.0
    while True:
        held = addresses()
        if held != said:
            said, times, due = held, 0, 0.0
        if time.monotonic() >= due:
            say(guest, held)
            due = time.monotonic() + (PAUSES[times] if times < len(PAUSES) else LAST_PAUSE)
            times += 1
        changes.wait(heard, max(due - time.monotonic(), 0.01), SETTLE)


if __name__ == "__main__":
    main()
