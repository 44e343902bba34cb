"""A network that is there already, with a subnet of each family: the right one, ours to choose on, and free."""

from collections.abc import Callable
from ipaddress import ip_address, ip_network

import pytest

from components.plan.stack import StackPlan
from components.preflight import existing_networks
from components.preflight.existing_networks import FoundNetwork, Holder

FOUR, SIX = ip_network("10.200.51.0/24"), ip_network("2001:db8:51::/64")


@pytest.fixture
def on_existing(plan_of: Callable[..., StackPlan]) -> StackPlan:
    return plan_of(
        "vrrp",
        {
            "networks.ha-lab": {"existing": "lab-net", "cidr": str(FOUR), "ipv6": {"cidr": str(SIX)}},
            "virtual-ips.ha6": {"network": "ha-lab", "address": "2001:db8:51::a"},
            "vrrp.instances.vrrp-6": {"virtual-ips": ["ha6"], "virtual-router-id": 1},
        },
    )


def words(plan: StackPlan, *holders: Holder, six: bool = True, self_made: str | None = None) -> list[str]:
    found = FoundNetwork(
        "n-1",
        owned=True,
        port_security=True,
        subnets={FOUR: "s-4", **({SIX: "s-6"} if six else {})},
        holders=holders,
        self_made={SIX: self_made} if self_made else {},
    )
    return [str(finding) for finding in existing_networks.judge(plan, {"ha-lab": (found,)})]


def holder(name: str, address: str, mac: str) -> Holder:
    return Holder(name, f"id-of-{name}", frozenset([ip_address(address)]), frozenset([mac]))


def test_a_network_with_both_subnets_suits(on_existing: StackPlan) -> None:
    assert words(on_existing) == []


def test_the_subnet_of_ipv6_must_be_there(on_existing: StackPlan) -> None:
    assert words(on_existing, six=False) == [
        'vipstack:networks.ha-lab.ipv6.cidr: network "lab-net" has no subnet 2001:db8:51::/64. Its subnets are '
        "10.200.51.0/24. Write the range of one of them."
    ]


def test_a_subnet_on_which_hosts_make_addresses_takes_no_virtual_ip(on_existing: StackPlan) -> None:
    assert words(on_existing, self_made="slaac") == [
        "vipstack:networks.ha-lab.ipv6.cidr: on subnet 2001:db8:51::/64 hosts make their own addresses (slaac). "
        "Neutron gives no chosen address there, and a virtual IP is a chosen one. Name a subnet without IPv6 address "
        "mode or with dhcpv6-stateful."
    ]


def test_an_address_of_ipv6_has_one_holder(on_existing: StackPlan) -> None:
    (said,) = words(on_existing, holder("stranger", "2001:db8:51::a", "fa:16:3e:00:00:01"))
    assert said.startswith("vipstack:virtual-ips.ha6.address: 2001:db8:51::a is taken on network")


def test_a_virtual_router_of_the_same_family_is_in_the_way_and_one_of_the_other_is_not(on_existing: StackPlan) -> None:
    (said,) = words(on_existing, holder("stranger", "2001:db8:51::77", "00:00:5e:00:02:01"))
    assert said.startswith("vipstack:vrrp.instances.vrrp-6.virtual-router-id: 1 is in use on this network by stranger")
    (said,) = words(on_existing, holder("stranger", "10.200.51.77", "00:00:5e:00:01:01"))
    assert said.startswith("vipstack:vrrp.instances.vrrp-1.virtual-router-id: 1 is in use on this network by stranger")
