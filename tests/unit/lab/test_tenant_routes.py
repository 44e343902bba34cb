"""Can decide: which routes follow from what Neutron lists. Cannot: whether a packet takes them (tests/lab)."""

from ipaddress import IPv4Address, IPv4Network
from typing import Any

from lab.tenant_routes import Route, has_routed, parse_routes, wanted_routes

_SUBNETS = [
    {"id": "s1", "cidr": "203.0.113.0/27", "ip_version": 4},
    {"id": "s2", "cidr": "10.200.51.0/24", "ip_version": 4},
    {"id": "s6", "cidr": "fd00::/64", "ip_version": 6},
    {"id": "out", "cidr": "192.0.2.128/25", "ip_version": 4},
]


def _router(name: str, *, snat: bool = False, address: str = "192.0.2.101") -> dict[str, Any]:
    fixed = [{"subnet_id": "ext", "ip_address": address}]
    return {"id": name, "external_gateway_info": {"enable_snat": snat, "external_fixed_ips": fixed}}


def _interface(router: str, *subnets: str) -> dict[str, Any]:
    return {"device_id": router, "fixed_ips": [{"subnet_id": subnet} for subnet in subnets]}


def _route(network: str, via: str = "192.0.2.101") -> Route:
    return Route(IPv4Network(network), IPv4Address(via))


def test_a_router_without_snat_is_the_way_to_its_networks() -> None:
    interfaces = [_interface("r1", "s1"), _interface("r1", "s2"), _interface("r2", "s2")]
    assert wanted_routes([_router("r1")], interfaces, _SUBNETS) == {
        _route("203.0.113.0/27"),
        _route("10.200.51.0/24"),
    }, "both networks are reached by the router's own address"


def test_a_router_with_snat_needs_no_route() -> None:
    routers = [_router("r1", snat=True)]
    assert wanted_routes(routers, [_interface("r1", "s1")], _SUBNETS) == frozenset(), "its networks are hidden"
    assert not has_routed(routers), "then ports and subnets are not asked for"


def test_a_router_without_gateway_leads_nowhere() -> None:
    routers = [{"id": "r1", "external_gateway_info": None}]
    assert wanted_routes(routers, [_interface("r1", "s1")], _SUBNETS) == frozenset(), "there is nothing to route to"


def test_the_same_network_behind_two_routers_goes_to_the_first() -> None:
    routers = [_router("r2", address="192.0.2.102"), _router("r1")]
    interfaces = [_interface("r2", "s1"), _interface("r1", "s1")]
    assert wanted_routes(routers, interfaces, _SUBNETS) == {_route("203.0.113.0/27")}, (
        "a table holds one route to a network, and it must not alternate from poll to poll"
    )


def test_a_network_that_overlaps_the_outside_is_left_out() -> None:
    assert wanted_routes([_router("r1")], [_interface("r1", "out")], _SUBNETS) == frozenset(), (
        "such a route would cut off the mirror and the routers themselves"
    )


def test_version_six_is_left_to_others() -> None:
    assert wanted_routes([_router("r1")], [_interface("r1", "s6")], _SUBNETS) == frozenset(), "the outside is IPv4"


def test_routes_are_read_as_ip_prints_them() -> None:
    recorded = (
        '[{"dst":"203.0.113.0/27","gateway":"192.0.2.101","dev":"eth0","prefsrc":"192.0.2.10","flags":[]},'
        '{"dst":"10.9.9.9","gateway":"192.0.2.102","dev":"eth0","prefsrc":"192.0.2.10","flags":[]}]'
    )
    assert parse_routes(recorded) == {_route("203.0.113.0/27"), _route("10.9.9.9/32", "192.0.2.102")}, (
        "what is there must compare equal to what is wanted, or every poll replaces it"
    )
    assert parse_routes("") == frozenset(), "an empty table prints nothing"
