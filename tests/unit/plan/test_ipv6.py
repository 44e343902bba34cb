"""IPv6 beside IPv4: the instance of its own, what its ports may send and let in, and which addresses they have.

This rung decides the plan. That packets take it is decided by real daemons (tests/daemons, tests/drill) and the lab.
"""

from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any

import pytest

from components.config.draft import draft_of, read_noun
from components.config.rules.pairs import MOST_PAIRS, pairs_fit_on_a_port
from components.config.stack import StackConfig
from components.plan.firewall import ANYWHERE6, EPHEMERAL_PORTS, IngressRule, PortAddress, RuleProtocol
from components.plan.hosts import AddressPair, Role
from components.plan.stack import StackPlan, assumed_addresses, plan_stack
from components.plan.vrrp import link_local, macvlan

VIP, LINK_LOCAL = IPv6Address("2001:db8:51::2"), IPv6Address("fe80::200:5eff:fe00:233")
VMAC = "00:00:5e:00:02:33"
BOTH: dict[str, Any] = {
    "networks.web.ipv6": {"cidr": "2001:db8:51::/64", "allocation-pools": ["2001:db8:51::100-2001:db8:51::1ff"]},
    "virtual-ips.www6": {"network": "web", "address": str(VIP)},
    "vrrp.instances.www6": {"virtual-ips": ["www6"], "virtual-router-id": 51},
    "services.http6": {"virtual-ip": "www6", "port": 80},
    "directors.nics.0.ipv6-addresses": ["2001:db8:51::3", "2001:db8:51::6"],
}
NO_SERVICES = {"services": "DELETE", "real-servers": "DELETE"}


@pytest.fixture
def plan(configured) -> StackPlan:
    return plan_stack("s", configured(BOTH))


def test_each_family_has_an_instance_of_its_own_under_one_id(plan: StackPlan) -> None:
    four, six = plan.instances
    assert (four.family, four.virtual_mac, four.interface) == (4, "00:00:5e:00:01:33", "vrrp.51")
    assert (six.family, six.virtual_mac, six.interface) == (6, VMAC, "vrrp6.51"), "two interfaces, or one would be lost"
    assert four.virtual_ips == (IPv4Address("203.0.113.2"),)
    assert six.virtual_ips == (LINK_LOCAL, VIP), "an IPv6 advert lists the link-local address first (RFC 5798, 5.2.9)"


def test_the_link_local_address_is_what_the_virtual_mac_makes() -> None:
    assert [str(link_local(vrid)) for vrid in (1, 255)] == ["fe80::200:5eff:fe00:201", "fe80::200:5eff:fe00:2ff"]
    assert len(macvlan(255, 6)) <= 15, "IFNAMSIZ"


def test_every_port_has_an_address_of_each_family(plan: StackPlan) -> None:
    addresses = assumed_addresses(plan)
    assert all(port.ipv6 for host in plan.hosts for port in host.ports)
    assert addresses["director-2-web.ipv6"] == IPv6Address("2001:db8:51::6")
    assert addresses["apache-1-web.ipv6"] == IPv6Address("2001:db8:51::100"), "the first of the pool that nobody has"
    assert addresses["apache-1-web"] == IPv4Address("203.0.113.4")


def test_a_network_without_ipv6_has_none_of_it(configured) -> None:
    plan = plan_stack("s", configured())
    assert not any(port.ipv6 for host in plan.hosts for port in host.ports)
    assert not any(key.endswith(".ipv6") for key in assumed_addresses(plan))
    assert {rule.version for group in plan.security_groups for rule in group.rules} == {4}


def test_neighbour_discovery_comes_in_wherever_packets_of_ipv6_do(plan: StackPlan) -> None:
    neighbours = IngressRule("icmp.ipv6", RuleProtocol.ICMPV6, ANYWHERE6)
    assert all(neighbours in group.rules for group in plan.security_groups), "or nobody finds the guest"
    for host in plan.hosts_of(Role.DIRECTOR):
        assert neighbours in host.ports[0].guest_rules


def test_an_open_director_lets_in_of_ipv6_what_it_lets_in_of_ipv4(plan: StackPlan) -> None:
    rules = plan.hosts_of(Role.DIRECTOR)[0].ports[0].guest_rules
    assert {rule.key for rule in rules if rule.version == 6} == {
        f"{rule.key}.ipv6" for rule in rules if rule.version == 4
    }
    assert IngressRule("service-tcp-80.ipv6", RuleProtocol.TCP, ANYWHERE6, (80, 80)) in rules
    assert IngressRule("answers-udp.ipv6", RuleProtocol.UDP, ANYWHERE6, EPHEMERAL_PORTS) in rules
    vrrp = [rule.remote for rule in rules if rule.protocol is RuleProtocol.VRRP]
    assert vrrp == [PortAddress("director-2-web"), PortAddress("director-2-web", 6)], "adverts from the peer only"


def test_ssh_comes_in_by_the_family_that_was_said(configured) -> None:
    config = configured({**BOTH, "observer.ssh-from": ["2001:db8:9::/48", "198.51.100.0/24"]})
    observer = next(group for group in plan_stack("s", config).security_groups if group.key == "observer")
    said = {str(rule.remote): rule.key for rule in observer.rules if rule.ports == (22, 22)}
    assert said == {
        "2001:db8:9::/48": "ssh-from-2001-db8-9--/48",
        "198.51.100.0/24": "ssh-from-198.51.100.0/24",
    }


def test_an_instance_of_ipv6_needs_its_pairs(configured) -> None:
    config = configured({**BOTH, **NO_SERVICES})
    port = plan_stack("s", config).hosts_of(Role.DIRECTOR)[0].ports[0]
    assert [pair for pair in port.pairs if pair.address.version == 6] == [
        AddressPair(ip_network(LINK_LOCAL), VMAC),
        AddressPair(ip_network(VIP), VMAC),
        AddressPair(ip_network(VIP)),
    ], "the virtual MAC answers for both, and the port's own sends replies of the global one"


def test_a_stateless_director_may_send_for_clients_of_both_families(configured) -> None:
    config = configured({**BOTH, "directors.port-security": "stateless"})
    pairs = plan_stack("s", config).hosts_of(Role.DIRECTOR)[0].ports[0].pairs
    assert [str(pair.address) for pair in pairs[-2:]] == ["0.0.0.0/0", "::/0"]


def test_a_real_server_may_send_from_the_virtual_ips_of_both_families(plan: StackPlan) -> None:
    pairs = plan.hosts_of(Role.REAL_SERVER)[0].ports[0].pairs
    assert pairs == (AddressPair(ip_network("203.0.113.2/32")), AddressPair(ip_network(VIP)))


@pytest.mark.parametrize("security", ["disabled", "stateless"])
@pytest.mark.parametrize("virtual_mac", [True, False])
@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_the_rule_counts_pairs_of_both_families(changed, security: str, virtual_mac: bool, count: int) -> None:
    more = {f"w{n}": {"network": "web", "address": f"2001:db8:51::a{n}"} for n in range(count)}
    changes = {**BOTH, "directors.port-security": security, "vrrp.virtual-mac": virtual_mac}
    changes |= {f"virtual-ips.{name}": vip for name, vip in more.items()}
    changes["vrrp.instances.www6.virtual-ips"] = ["www6", *more]
    config = read_noun(StackConfig, changed(changes))
    most = max(len(port.pairs) for host in plan_stack("s", config).hosts for port in host.ports)
    said = " ".join(str(finding) for finding in pairs_fit_on_a_port(draft_of(config)))
    assert (f"needs {most} allowed-address pairs" in said) is (most > MOST_PAIRS)


def test_direct_routing_sends_each_family_to_the_real_servers_own_addresses(plan: StackPlan) -> None:
    http, http6 = plan.virtual_servers
    assert [str(server.addresses[0]) for server in (http, http6)] == ["203.0.113.2", str(VIP)]
    for server, version in ((http, 4), (http6, 6)):
        assert [real.where for real in server.real_servers] == [
            PortAddress("apache-1-web", version),
            PortAddress("apache-2-web", version),
        ], "IPVS hands a packet to a real server of its own family"
