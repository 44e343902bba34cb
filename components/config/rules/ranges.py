"""``networks``: the ranges that DHCP hands out, and those that it leaves alone."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Address

from components.config.base import AddressRange
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.networks import NetworkConfig, pool_holding
from components.config.rules.addresses import all_addresses

# The DHCP service takes a port with an address of its own on each network.
_FOR_DHCP = 1


def _ranges(network: NetworkConfig) -> Iterator[tuple[str, int, AddressRange]]:
    for key, ranges in (
        ("allocation-pools", network.allocation_pools),
        ("excluded-ranges", network.excluded_ranges),
    ):
        for index, item in enumerate(ranges):
            yield key, index, item


def pools_or_excluded_ranges(draft: Draft) -> Iterator[Finding]:
    """One is the complement of the other; both could contradict each other."""
    for name, network in draft.networks.items():
        if network.allocation_pools and network.excluded_ranges:
            yield Finding(
                at("networks", name),
                "both allocation-pools and excluded-ranges are given",
                "One of them says it all: the pools are the subnet without the excluded ranges",
                "Remove one of the two",
            )


def ranges_lie_in_the_subnet(draft: Draft) -> Iterator[Finding]:
    """Neutron refuses pools outside; an excluded range outside is a slip of the pen."""
    for name, network in draft.networks.items():
        cidr = network.cidr
        low, high = cidr.network_address + 1, cidr.broadcast_address - 1
        for key, index, item in _ranges(network):
            spare = 1 if key == "excluded-ranges" else 0  # excluding the network's own addresses does no harm
            if item.first < low - spare or item.last > high + spare:
                yield Finding(
                    at("networks", name, key, index),
                    f"{item} reaches beyond the hosts of the subnet {cidr}",
                    f"The hosts of the subnet are {low} to {high}",
                    "Cut the range to them",
                )


def ranges_do_not_overlap(draft: Draft) -> Iterator[Finding]:
    """Neutron refuses overlapping pools; overlapping exclusions mean that one was meant differently."""
    for name, network in draft.networks.items():
        highest: dict[str, AddressRange] = {}
        for key, index, item in sorted(_ranges(network), key=lambda entry: (entry[0], entry[2].first)):
            before = highest.get(key)
            if before and item.first <= before.last:
                yield Finding(
                    at("networks", name, key, index),
                    f"{item} overlaps {before}",
                    "Ranges of one list are apart, for an overlap is a slip of the pen and Neutron refuses it in pools",
                    "Join the two, or correct one",
                )
            if before is None or item.last > before.last:
                highest[key] = item


def pools_spare_the_gateway(draft: Draft) -> Iterator[Finding]:
    """Neutron refuses a pool that holds the gateway."""
    for name, network in draft.networks.items():
        for index, pool in enumerate(network.allocation_pools):
            if network.gateway_address in pool:
                yield Finding(
                    at("networks", name, "allocation-pools", index),
                    f"{pool} holds the gateway {network.gateway_address}",
                    "DHCP must not hand out the gateway's address; Neutron refuses such a pool",
                    "Cut the range, or move the gateway",
                )


def pools_have_room(draft: Draft) -> Iterator[Finding]:
    """Every host without a fixed address, and DHCP itself, needs one from the pools.

    The pools of an existing network are the cloud's to know, but they are no larger than its subnet.
    """
    wanted = _wanted(draft)
    fixed = defaultdict[str, set[IPv4Address]](set)
    for claim in all_addresses(draft):
        fixed[claim.network].add(claim.address)
    for name, network in draft.networks.items():
        pools = network.pools
        room = sum(len(pool) for pool in pools)
        room -= sum(pool_holding(pools, address) is not None for address in fixed[name])
        if room < wanted[name] + _FOR_DHCP:
            key = "allocation-pools" if network.allocation_pools else "excluded-ranges"
            yield Finding(
                at("networks", name, "cidr" if network.existing else key),
                f"the pools have {room or 'no'} free address{'' if room == 1 else 'es'} for {wanted[name] + _FOR_DHCP}",
                f"Each port without a fixed address takes one ({wanted[name]} here), and so does the DHCP service",
                "Widen the pools or the subnet, exclude less, or give hosts fixed addresses",
            )


def _wanted(draft: Draft) -> Counter[str]:
    """How many addresses Neutron has to choose on each network."""
    wanted: Counter[str] = Counter()
    if draft.directors:
        for nic in draft.directors.nics:
            wanted[nic.network] += 0 if nic.addresses else len(draft.directors.keys)
    servers = draft.real_servers
    if servers:
        fixed = sum(server.address is not None for server in servers.servers.values())
        wanted[servers.network] += len(servers.keys) - fixed
    if draft.observer and draft.observer.address is None:
        wanted[draft.observer.network] += 1
    return wanted
