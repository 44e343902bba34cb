"""Allowed-address pairs: what each port may send beside its own address, and how many that makes.

This rung decides the pairs. That a VIP answers with them and not without is shown on real packets.
"""

import itertools
from ipaddress import IPv4Network
from typing import Any

import pytest

from components.config.draft import draft_of, read_noun
from components.config.rules.pairs import MOST_PAIRS, pairs_fit_on_a_port
from components.config.stack import StackConfig
from components.plan.hosts import AddressPair, Role
from components.plan.stack import plan_stack

VIP = IPv4Network("203.0.113.2/32")
VMAC = "00:00:5e:00:01:33"
NO_SERVICES = {"services": "DELETE", "real-servers": "DELETE"}


def pairs(config, role: Role) -> list[tuple[AddressPair, ...]]:
    return [port.pairs for host in plan_stack("s", config).hosts_of(role) for port in host.ports]


def test_a_virtual_mac_needs_two_pairs_for_each_virtual_ip(configured) -> None:
    wanted = (AddressPair(VIP, VMAC), AddressPair(VIP))
    assert pairs(configured(NO_SERVICES), Role.DIRECTOR) == [wanted, wanted], (
        "the virtual MAC answers ARP, the port's own MAC sends the replies: either alone drops half of the packets"
    )


def test_gratuitous_arp_alone_needs_one_pair(configured) -> None:
    config = configured({**NO_SERVICES, "vrrp.virtual-mac": False})
    assert pairs(config, Role.DIRECTOR) == [(AddressPair(VIP),)] * 2


def test_a_port_without_port_security_has_no_pairs(configured) -> None:
    ports = [host.ports[0] for host in plan_stack("s", configured()).hosts_of(Role.DIRECTOR)]
    assert [(port.security, port.pairs, port.security_groups) for port in ports] == [(False, (), ())] * 2, (
        "Neutron refuses pairs and groups on a port whose port security is off"
    )
    assert all(port.guest_rules for port in ports), "such a port has no filter but the guest's own"


def test_a_stateless_director_may_send_for_its_clients(configured) -> None:
    config = configured({"directors.port-security": "stateless"})
    anywhere = AddressPair(IPv4Network("0.0.0.0/0"))
    assert pairs(config, Role.DIRECTOR) == [(AddressPair(VIP, VMAC), AddressPair(VIP), anywhere)] * 2


def test_a_real_server_may_send_from_the_virtual_ips_it_serves(configured) -> None:
    config = configured(
        {
            "virtual-ips.mail": {"network": "web", "address": "203.0.113.7"},
            "vrrp.instances.www.virtual-ips": ["www", "mail"],
        }
    )
    assert pairs(config, Role.REAL_SERVER) == [(AddressPair(VIP),)] * 2, "and from no other"
    assert pairs(config, Role.OBSERVER) == [()]


def many(count: int) -> dict[str, Any]:
    addresses = {f"v{n}": f"203.0.113.{7 + n}" for n in range(count)}
    return {
        "networks.web.allocation-pools": ["203.0.113.28-203.0.113.30"],
        "virtual-ips": {name: {"network": "web", "address": address} for name, address in addresses.items()},
        "vrrp.instances.www.virtual-ips": list(addresses),
        "services": {name: {"virtual-ip": name, "port": 80} for name in addresses},
    }


LAYOUTS = list(itertools.product(["disabled", "stateless", "stateful"], [True, False], [True, False]))


@pytest.mark.parametrize("count", [1, 4, 5, 6, 10, 11])
@pytest.mark.parametrize(("security", "virtual_mac", "services"), LAYOUTS)
def test_the_rule_counts_what_the_plan_asks_for(
    changed, security: str, virtual_mac: bool, services: bool, count: int
) -> None:
    changes = {**many(count), "directors.port-security": security, "vrrp.virtual-mac": virtual_mac}
    config = read_noun(StackConfig, changed(changes if services else {**changes, **NO_SERVICES}))
    most = max(len(port.pairs) for host in plan_stack("s", config).hosts for port in host.ports)
    said = " ".join(str(finding) for finding in pairs_fit_on_a_port(draft_of(config)))
    if most > MOST_PAIRS:
        assert f"needs {most} allowed-address pairs" in said, "Neutron would refuse the port, half of the stack created"
    else:
        assert said == "", "a stack was refused that fits"
