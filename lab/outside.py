"""The outside room: what a tenant's traffic meets beyond the router.

One room with two addresses: the gateway, which serves the package mirror, and the client, from which everything in
the room speaks by default, because its address comes first. Beside the mirror a daemon keeps the routes to routed
tenant networks (route_daemon.py). The room's cable is network.py's.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lab.laboratory import Laboratory
from lab.layout import MIRROR_PORT, OUTSIDE, OUTSIDE_CIDR, OUTSIDE_CLIENT, OUTSIDE_GATEWAY, OUTSIDE_NIC
from lab.waiting import wait_for

_MIRROR = "package-mirror"
_ROUTES = "tenant-routes"
_CHECKOUT = Path(__file__).parents[1]


def ensure(lab: Laboratory) -> None:
    """Addresses, package mirror and route daemon, each where it is missing; the room and its cable are there.

    Returns when the mirror answers. Raises ``LabError``.
    """
    for address in (OUTSIDE_CLIENT, OUTSIDE_GATEWAY):
        lab.rooms.run(OUTSIDE, ["ip", "address", "replace", f"{address}/{OUTSIDE_CIDR.prefixlen}", "dev", OUTSIDE_NIC])
    folder, home, checkout = str(lab.layout.mirror), str(lab.layout.home), str(_CHECKOUT)
    serve: list[str | Path] = [
        sys.executable,
        "-m",
        "lab.mirror_server",
        folder,
        str(OUTSIDE_GATEWAY),
        str(MIRROR_PORT),
    ]
    mirror = lab.start(OUTSIDE, _MIRROR, serve, PYTHONPATH=checkout)
    lab.start(OUTSIDE, _ROUTES, [sys.executable, "-m", "lab.route_daemon", home], PYTHONPATH=checkout)

    def listening() -> str | None:
        if not mirror.alive():
            raise lab.processes.died(_MIRROR)
        seen = lab.rooms.run(OUTSIDE, ["ss", "-Hltn", f"sport = :{MIRROR_PORT}"]).stdout
        return None if seen.strip() else f"nothing listens on port {MIRROR_PORT}"

    wait_for("package mirror", listening, timeout=20)


def exec_outside(
    lab: Laboratory, argv: Sequence[str | Path], *, timeout: float = 60, check: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a command in the room to its end; it speaks from the client's address unless told otherwise."""
    return lab.rooms.run(OUTSIDE, argv, timeout=timeout, check=check)
