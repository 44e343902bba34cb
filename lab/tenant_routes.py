"""Which routes the outside world needs to reach routed tenant networks: pure judgement on what Neutron lists.

A router whose SNAT is off hides nothing, so the world beyond must know the way back: what a data centre learns by
BGP, the outside room is told by route_daemon.py, which asks and acts.
"""

import json
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from lab.admin_api import Json
from lab.layout import OUTSIDE_CIDR

_IPV4 = 4


@dataclass(frozen=True, order=True)
class Route:
    """One tenant network and the router's external address that leads to it."""

    network: IPv4Network
    via: IPv4Address


def wanted_routes(routers: list[Json], interfaces: list[Json], subnets: list[Json]) -> frozenset[Route]:
    """The routes the outside needs, from Neutron's routers, router interface ports and subnets.

    Only routers with an external gateway and SNAT switched off count. Where two routers lead to the same network the
    first by id wins, as a data centre would have one such prefix; a network that overlaps the outside is left out.
    """
    networks = {s["id"]: IPv4Network(s["cidr"]) for s in subnets if s["ip_version"] == _IPV4}
    found: dict[IPv4Network, IPv4Address] = {}
    for router in sorted(routers, key=lambda router: str(router["id"])):
        via = _routed_address(router)
        if via is None:
            continue
        for port in interfaces:
            for fixed in port["fixed_ips"] if port["device_id"] == router["id"] else ():
                network = networks.get(fixed["subnet_id"])
                if network is not None and not network.overlaps(OUTSIDE_CIDR):
                    found.setdefault(network, via)
    return frozenset(Route(network, via) for network, via in found.items())


def has_routed(routers: list[Json]) -> bool:
    """Whether any router leads somewhere: only then are ports and subnets worth asking for."""
    return any(_routed_address(router) is not None for router in routers)


def _routed_address(router: Json) -> IPv4Address | None:
    gateway = router["external_gateway_info"]
    if not gateway or gateway["enable_snat"]:
        return None
    addresses = (fixed["ip_address"] for fixed in gateway["external_fixed_ips"])
    return next((IPv4Address(address) for address in addresses if ":" not in address), None)


def parse_routes(text: str) -> frozenset[Route]:
    """Our routes as ``ip -json route show proto`` prints them; it writes a single address without its length."""
    return frozenset(Route(IPv4Network(row["dst"]), IPv4Address(row["gateway"])) for row in json.loads(text or "[]"))
