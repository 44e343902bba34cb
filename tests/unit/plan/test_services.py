"""Services beyond one port of one virtual IP: marks, parts of the real servers, NAT, and servers that are not ours.

This rung decides the lists. What IPVS makes of them is decided in the lab.
"""

from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from components.config.health_checks import HttpCheck, TcpCheck, UdpCheck
from components.plan.firewall import PortAddress
from components.plan.forwarding import VirtualServer, virtual_ips_on
from components.plan.hosts import AddressPair, Role
from components.plan.stack import StackPlan, plan_stack

WWW, MAIL = IPv4Address("203.0.113.2"), IPv4Address("203.0.113.7")
ANYWHERE = AddressPair(IPv4Network("0.0.0.0/0"))
TWO_VIPS = {
    "virtual-ips.mail": {"network": "web", "address": str(MAIL)},
    "vrrp.instances.www.virtual-ips": ["www", "mail"],
}
INSIDE = {
    "networks.inside": {"cidr": "10.0.0.0/24", "gateway": "10.0.0.1"},
    "virtual-ips.inside": {"network": "inside", "address": "10.0.0.1"},
    "vrrp.instances.inside": {"virtual-ips": ["inside"], "virtual-router-id": 52},
    "vrrp.sync-groups": {"both": ["www", "inside"]},
    "directors.nics": [{"network": "web", "addresses": ["203.0.113.3", "203.0.113.6"]}, {"network": "inside"}],
    "real-servers": {"network": "inside", "image": "i", "flavor": "f", "count": 2},
    "services.http.forwarding": "nat",
}


def planned(configured, changes: dict[str, Any]) -> StackPlan:
    return plan_stack("s", configured(changes))


def servers(configured, changes: dict[str, Any]) -> dict[str, list[VirtualServer]]:
    found: dict[str, list[VirtualServer]] = {}
    for server in planned(configured, changes).virtual_servers:
        found.setdefault(server.service, []).append(server)
    return found


def test_a_service_has_a_virtual_server_for_each_of_its_virtual_ips(configured) -> None:
    changes = {**TWO_VIPS, "services.http": {"virtual-ips": ["www", "mail"], "port": 80}}
    assert [server.addresses for server in servers(configured, changes)["http"]] == [(WWW,), (MAIL,)]


def test_a_mark_joins_the_ports_and_the_virtual_ips_of_a_range(configured) -> None:
    changes = {**TWO_VIPS, "services.range": {"virtual-ips": ["www", "mail"], "ports": "8000-8099"}}
    (server,) = servers(configured, changes)["range"]
    assert (server.addresses, str(server.ports), server.mark) == ((WWW, MAIL), "8000-8099", 8000)
    assert {real.port for real in server.real_servers} == {0}, "each port is forwarded as it was asked for"
    assert server.check_port == 8000, "a range has no port of its own to ask"


def test_marks_differ_and_stay_when_services_come_and_go(configured) -> None:
    changes = {
        **TWO_VIPS,
        "services.a": {"virtual-ip": "www", "ports": "8000-8099"},
        "services.b": {"virtual-ip": "www", "ports": "8000-8099", "protocol": "udp"},
        "services.c": {"virtual-ip": "mail", "ports": "8000-8199"},
    }
    found = servers(configured, changes)
    marks = [found[name][0].mark for name in "abc"]
    assert len(set(marks)) == 3, "a mark that two share is one service"
    first = {"services.z": {"virtual-ip": "www", "ports": "20-21"}, **changes}
    assert [servers(configured, first)[name][0].mark for name in "abc"] == marks, (
        "a mark that moved would send packets to another service until the table has followed"
    )


def test_a_service_may_have_a_part_of_the_real_servers_and_its_own_weights(configured) -> None:
    changes = {"services.http.real-servers": {"apache-2": {"weight": 5}}, "real-servers.weight": 2}
    (server,) = servers(configured, changes)["http"]
    assert [(real.host, real.weight) for real in server.real_servers] == [("apache-2", 5)]


@pytest.mark.parametrize(
    ("service", "check"),
    [
        ({"protocol": "tcp"}, TcpCheck()),
        ({"protocol": "udp"}, UdpCheck()),
        ({"protocol": "udp", "health-check": {"type": "tcp"}}, TcpCheck()),
        ({"health-check": {"type": "http", "port": 8081}}, HttpCheck(type="http", port=8081)),
    ],
)
def test_a_check_is_what_it_says_and_by_default_the_protocol_s(configured, service: dict[str, Any], check) -> None:
    (server,) = servers(configured, {"services.http": {"virtual-ip": "www", "port": 80, **service}})["http"]
    assert server.check == check
    assert server.check_port == check.port


def test_a_server_that_is_there_already_is_a_destination_and_nothing_else(configured) -> None:
    plan = planned(configured, {"real-servers.servers.old": {"address": "203.0.113.9", "existing": True}})
    (server,) = plan.virtual_servers
    assert [real.where for real in server.real_servers] == [
        PortAddress("apache-1-web"),
        PortAddress("apache-2-web"),
        IPv4Address("203.0.113.9"),
    ]
    assert [host.key for host in plan.hosts_of(Role.REAL_SERVER)] == ["apache-1", "apache-2"], "no server, no port"


def test_where_all_are_there_already_nothing_is_made_for_them(configured) -> None:
    changes = {"real-servers": {"network": "web", "servers": {"old": {"address": "203.0.113.9", "existing": True}}}}
    plan = planned(configured, changes)
    assert plan.hosts_of(Role.REAL_SERVER) == ()
    assert "real-server" not in {group.key for group in plan.security_groups}, "a group that nobody wears"


def test_a_real_server_has_the_virtual_ips_that_it_serves_by_direct_routing(configured) -> None:
    changes = {
        **TWO_VIPS,
        "services.smtp": {"virtual-ip": "mail", "port": 25, "real-servers": {"apache-2": {}}},
    }
    plan = planned(configured, changes)
    assert virtual_ips_on("apache-1", plan.virtual_servers) == (WWW,)
    assert virtual_ips_on("apache-2", plan.virtual_servers) == (WWW, MAIL)
    pairs = {host.key: [pair.address for pair in host.ports[0].pairs] for host in plan.hosts_of(Role.REAL_SERVER)}
    assert pairs == {
        "apache-1": [IPv4Network("203.0.113.2/32")],
        "apache-2": [IPv4Network("203.0.113.2/32"), IPv4Network("203.0.113.7/32")],
    }, "its replies carry these, and no others"


def test_with_nat_a_real_server_has_no_virtual_ip(configured) -> None:
    plan = planned(configured, INSIDE)
    assert virtual_ips_on("real-server-1", plan.virtual_servers) == ()
    assert {host.ports[0].pairs for host in plan.hosts_of(Role.REAL_SERVER)} == {()}


@pytest.mark.parametrize("security", ["stateless", "stateful"])
def test_with_nat_the_inner_port_carries_clients_addresses_and_the_outer_one_does_not(configured, security) -> None:
    plan = planned(configured, {**INSIDE, "directors.port-security": security})
    for director in plan.hosts_of(Role.DIRECTOR):
        assert ANYWHERE in director.port_on("inside").pairs, "requests to real servers carry their clients' addresses"
        assert ANYWHERE not in director.port_on("web").pairs, "what leaves for the clients carries the virtual IP"


def test_with_nat_and_without_port_security_only_the_inner_port_is_open(configured) -> None:
    for director in planned(configured, INSIDE).hosts_of(Role.DIRECTOR):
        assert {port.network: port.security for port in director.ports} == {"web": True, "inside": False}


def test_with_nat_real_servers_listen_and_let_in_where_the_service_says(configured) -> None:
    plan = planned(configured, {**INSIDE, "services.http.real-port": 8080})
    (server,) = plan.virtual_servers
    assert {real.port for real in server.real_servers} == {8080}
    groups = {group.key: {rule.key for rule in group.rules} for group in plan.security_groups}
    assert "service-tcp-8080" in groups["real-server"]
    assert "service-tcp-80" in groups["director"]
    assert "service-tcp-80" not in groups["real-server"], "nobody listens there"


def test_a_sorry_server_by_nat_opens_the_real_servers_network(configured) -> None:
    changes = {
        **INSIDE,
        "services.http.forwarding": "nat",
        "services.http.sorry-server": {"address": "10.0.0.9", "port": 8000},
    }
    (server,) = servers(configured, changes)["http"]
    assert server.sorry_server
    assert (server.sorry_server.port, server.sorry_server.forwarding.value) == (8000, "nat")


def test_each_family_s_virtual_server_has_the_sorry_server_s_address_of_that_family(configured) -> None:
    changes = {
        "networks.web.ipv6": {"cidr": "2001:db8:51::/64", "allocation-pools": ["2001:db8:51::100-2001:db8:51::1ff"]},
        "virtual-ips.www6": {"network": "web", "address": "2001:db8:51::2"},
        "directors.nics.0.ipv6-addresses": ["2001:db8:51::3", "2001:db8:51::6"],
        "vrrp.instances.www6": {"virtual-ips": ["www6"], "virtual-router-id": 51},
        "services.http.virtual-ip": None,
        "services.http.virtual-ips": ["www", "www6"],
        "services.http.sorry-server": {"address": "203.0.113.9", "ipv6-address": "2001:db8:51::9"},
    }
    found = [(str(one.addresses[0]), one.sorry_server) for one in servers(configured, changes)["http"]]
    assert {vip: str(sorry.address) for vip, sorry in found if sorry} == {
        "203.0.113.2": "203.0.113.9",
        "2001:db8:51::2": "2001:db8:51::9",
    }


def test_ordinary_groups_are_a_choice_with_the_source_s_pair(configured) -> None:
    plan = planned(configured, {"directors.port-security": "stateful"})
    assert {group.stateful for group in plan.security_groups} == {True}
    for director in plan.hosts_of(Role.DIRECTOR):
        assert director.ports[0].security
        assert ANYWHERE in director.ports[0].pairs
