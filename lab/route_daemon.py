"""Keeps the outside room's routes to routed tenant networks: ``python -m lab.route_daemon LAB_HOME``.

Runs in that room and asks Neutron every few seconds; the judgement is tenant_routes.py's. Routes of others are left
alone: ours carry a protocol number.
"""

import subprocess
import sys
import time
from pathlib import Path

from lab.admin_api import AdminApi
from lab.layout import OUTSIDE_CLIENT, Layout
from lab.tenant_routes import Route, has_routed, parse_routes, wanted_routes

_INTERVAL = 5.0  # seconds; a tenant waits at most this long for its way back
_PROTOCOL = "186"  # marks our routes in the kernel's table: BGP's number in rtnetlink


def ask(api: AdminApi) -> frozenset[Route]:
    """What the outside's routes should be now. Raises ``OSError`` when a service does not answer."""
    routers = api.listing("neutron", "/v2.0/routers?fields=id&fields=external_gateway_info")
    if not has_routed(routers):
        return frozenset()
    owners = ("router_interface", "router_interface_distributed", "ha_router_replicated_interface")
    query = "&".join(f"device_owner=network:{owner}" for owner in owners)
    interfaces = api.listing("neutron", f"/v2.0/ports?fields=device_id&fields=fixed_ips&{query}")
    subnets = api.listing("neutron", "/v2.0/subnets?fields=id&fields=cidr&fields=ip_version")
    return wanted_routes(routers, interfaces, subnets)


def apply(wanted: frozenset[Route]) -> None:
    """Make the room's own routes the wanted ones; says each change."""
    shown = _ip("-json", "route", "show", "proto", _PROTOCOL)
    present = parse_routes(shown)
    for route in sorted(present - wanted):
        print(f"- {route.network} via {route.via}", flush=True)  # noqa: T201 - the process's log
        _ip("route", "delete", str(route.network), "via", str(route.via), "proto", _PROTOCOL)
    for route in sorted(wanted - present):
        print(f"+ {route.network} via {route.via}", flush=True)  # noqa: T201 - the process's log
        source = ("src", str(OUTSIDE_CLIENT))
        _ip("route", "replace", str(route.network), "via", str(route.via), "proto", _PROTOCOL, *source)


def _ip(*words: str) -> str:
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout


def main(home: str) -> None:
    """Follow Neutron until the process is ended; trouble is said once, and the last routes stay meanwhile."""
    api = AdminApi(Layout(Path(home)))
    trouble = ""
    while True:
        try:
            apply(ask(api))
            seen = ""
        except OSError as error:
            seen = str(error)
        except subprocess.CalledProcessError as error:
            seen = f"{error}: {error.stderr}"
        if seen != trouble:
            print(seen or "answers again", flush=True)  # noqa: T201 - the process's log
            trouble = seen
        time.sleep(_INTERVAL)


if __name__ == "__main__":
    main(sys.argv[1])
