"""The outside room: what a tenant's traffic meets beyond the router.

One room with two addresses: the gateway, which serves the package mirror, and the client, from which everything in
the room speaks by default, because its address comes first. Beside the mirror a daemon keeps the routes to routed
tenant networks (route_daemon.py). The room's cable is network.py's.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lab.layout import MIRROR_PORT, OUTSIDE, OUTSIDE_CIDR, OUTSIDE_CLIENT, OUTSIDE_GATEWAY, OUTSIDE_NIC, Layout
from lab.processes import Processes
from lab.rooms import Rooms
from lab.waiting import wait_for

_MIRROR = "package-mirror"
_ROUTES = "tenant-routes"
_CHECKOUT = Path(__file__).parents[1]


def ensure(layout: Layout, rooms: Rooms, processes: Processes) -> None:
    """Addresses, package mirror and route daemon, each where it is missing; the room and its cable are there.

    Returns when the mirror answers. Raises ``LabError``.
    """
    # The userspace datapath passes frames on as they are: a checksum left to the NIC would never be filled in.
    rooms.run(OUTSIDE, ["ethtool", "-K", OUTSIDE_NIC, "tx", "off"])
    for address in (OUTSIDE_CLIENT, OUTSIDE_GATEWAY):
        rooms.run(OUTSIDE, ["ip", "address", "replace", f"{address}/{OUTSIDE_CIDR.prefixlen}", "dev", OUTSIDE_NIC])
    rooms.run(OUTSIDE, ["ip", "link", "set", OUTSIDE_NIC, "up"])
    enter = rooms.enter_words(OUTSIDE)
    environment = {"PYTHONPATH": str(_CHECKOUT)}
    serve = ["-m", "lab.mirror_server", str(layout.mirror), str(OUTSIDE_GATEWAY), str(MIRROR_PORT)]
    mirror = processes.ensure(_MIRROR, [sys.executable, *serve], enter=enter, env=environment)
    follow = ["-m", "lab.route_daemon", str(layout.home)]
    processes.ensure(_ROUTES, [sys.executable, *follow], enter=enter, env=environment)

    def listening() -> str | None:
        if not mirror.alive():
            raise processes.died(_MIRROR)
        seen = rooms.run(OUTSIDE, ["ss", "-Hltn", f"sport = :{MIRROR_PORT}"]).stdout
        return None if seen.strip() else f"nothing listens on port {MIRROR_PORT}"

    wait_for("package mirror", listening, timeout=20)


def exec_outside(
    rooms: Rooms, argv: Sequence[str | Path], *, timeout: float = 60, check: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a command in the room to its end; it speaks from the client's address unless told otherwise."""
    return rooms.run(OUTSIDE, argv, timeout=timeout, check=check)


def fetch(rooms: Rooms, url: str, *, timeout: float = 10) -> subprocess.CompletedProcess[str]:
    """What the client gets for a URL, by curl: the body as ``stdout``, curl's own exit status."""
    words = ["curl", "--silent", "--show-error", "--fail", "--max-time", f"{timeout:g}", url]
    return exec_outside(rooms, words, timeout=timeout + 5)
