"""The allocation pools that leave excluded ranges and the gateway alone.

This rung decides the arithmetic for every subnet and set of ranges. What Neutron makes of pools is another rung.
"""

from ipaddress import IPv4Address, IPv4Network

from hypothesis import given
from hypothesis import strategies as st

from components.config.base import AddressRange
from components.config.networks import NetworkConfig
from components.config.subnets import pool_holding
from components.plan.networks import plan_networks

SUBNET = IPv4Network("203.0.113.0/27")
HOSTS = list(SUBNET.hosts())


def span(first: int, last: int) -> AddressRange:
    return AddressRange(first=SUBNET[min(first, last)], last=SUBNET[max(first, last)])


OFFSETS = st.integers(min_value=0, max_value=31)
RANGES = st.lists(st.builds(span, OFFSETS, OFFSETS), max_size=5).map(tuple)
GATEWAYS = st.none() | st.sampled_from(HOSTS)


@given(RANGES, GATEWAYS)
def test_every_host_is_in_a_pool_or_left_alone_never_both(
    excluded: tuple[AddressRange, ...], gateway: IPv4Address | None
) -> None:
    network = NetworkConfig(cidr=SUBNET, excluded_ranges=excluded, gateway=gateway)
    pooled = [address for address in HOSTS if any(address in pool for pool in network.pools)]
    spared = {address for address in HOSTS if any(address in r for r in excluded)} | {network.gateway_address}
    assert set(pooled) == set(HOSTS) - spared, "DHCP hands out all that nobody reserved, and nothing else"
    assert sum(pool.size for pool in network.pools) == len(pooled), "overlapping pools are refused by Neutron"


@given(RANGES, GATEWAYS)
def test_pools_rise_and_stay_among_the_hosts(excluded: tuple[AddressRange, ...], gateway: IPv4Address | None) -> None:
    pools = NetworkConfig(cidr=SUBNET, excluded_ranges=excluded, gateway=gateway).pools
    edges = [edge for pool in pools for edge in (pool.first, pool.last)]
    assert edges == sorted(edges)
    assert all(HOSTS[0] <= edge <= HOSTS[-1] for edge in edges), "network and broadcast address are no hosts"


@given(RANGES, st.sampled_from(HOSTS))
def test_the_pool_of_an_address_is_found(excluded: tuple[AddressRange, ...], address: IPv4Address) -> None:
    pools = NetworkConfig(cidr=SUBNET, excluded_ranges=excluded).pools
    assert pool_holding(pools, address) == next((pool for pool in pools if address in pool), None)


def test_pools_as_given_are_kept_in_rising_order() -> None:
    given_pools = (span(20, 30), span(5, 9))
    assert NetworkConfig(cidr=SUBNET, allocation_pools=given_pools).pools == (span(5, 9), span(20, 30))


def test_the_first_address_is_the_gateway_unless_said() -> None:
    assert NetworkConfig(cidr=SUBNET).gateway_address == IPv4Address("203.0.113.1"), "as Neutron does"
    assert NetworkConfig(cidr=SUBNET, gateway=SUBNET[30]).gateway_address == IPv4Address("203.0.113.30")


def test_an_existing_network_keeps_its_name() -> None:
    (plan,) = plan_networks("s", {"web": NetworkConfig(existing="provider-net", cidr=SUBNET)}, {}, {})
    assert (plan.key, plan.name, plan.existing) == ("web", "provider-net", True)


def test_a_router_carries_the_stacks_name(configured) -> None:
    (plan,) = plan_networks("s", configured().networks, {}, {})
    assert plan.router is not None
    assert (plan.router.name, plan.router.external_network, plan.router.snat) == ("s-web", "outside", False)
