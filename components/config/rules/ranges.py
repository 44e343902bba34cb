"""``networks``: the ranges that DHCP hands out, and those that it leaves alone."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from components.config.base import AnyRange, IPAddress
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.rules.addresses import all_addresses
from components.config.subnets import Subnet, pool_holding

# The DHCP service takes a port with an address of its own on each network.
_FOR_DHCP = 1


def _subnets(draft: Draft) -> Iterator[tuple[str, Subnet]]:
    for name, network in draft.networks.items():
        for subnet in network.subnets:
            yield name, subnet


def _ranges(subnet: Subnet) -> Iterator[tuple[str, int, AnyRange]]:
    for key, ranges in (
        ("allocation-pools", subnet.allocation_pools),
        ("excluded-ranges", subnet.excluded_ranges),
    ):
        for index, item in enumerate(ranges):
            yield key, index, item


def pools_or_excluded_ranges(draft: Draft) -> Iterator[Finding]:
    """One is the complement of the other; both could contradict each other."""
    for name, subnet in _subnets(draft):
        if subnet.allocation_pools and subnet.excluded_ranges:
            yield Finding(
                at("networks", name, *subnet.path),
                "both allocation-pools and excluded-ranges are given",
                "One of them says it all: the pools are the subnet without the excluded ranges",
                "Remove one of the two",
            )


def ranges_lie_in_the_subnet(draft: Draft) -> Iterator[Finding]:
    """Neutron refuses pools outside; an excluded range outside is a slip of the pen."""
    for name, subnet in _subnets(draft):
        cidr = subnet.cidr
        for key, index, item in _ranges(subnet):
            # Excluding the network's own addresses does no harm.
            excluded = key == "excluded-ranges"
            low = cidr.network_address if excluded else subnet.first
            high = cidr.broadcast_address if excluded else subnet.last
            if int(item.first) < int(low) or int(item.last) > int(high):
                yield Finding(
                    at("networks", name, *subnet.path, key, index),
                    f"{item} reaches beyond the hosts of the subnet {cidr}",
                    f"The hosts of the subnet are {subnet.first} to {subnet.last}",
                    "Cut the range to them",
                )


def ranges_do_not_overlap(draft: Draft) -> Iterator[Finding]:
    """Neutron refuses overlapping pools; overlapping exclusions mean that one was meant differently."""
    for name, subnet in _subnets(draft):
        highest: dict[str, AnyRange] = {}
        for key, index, item in sorted(_ranges(subnet), key=lambda entry: (entry[0], int(entry[2].first))):
            before = highest.get(key)
            if before and int(item.first) <= int(before.last):
                yield Finding(
                    at("networks", name, *subnet.path, key, index),
                    f"{item} overlaps {before}",
                    "Ranges of one list are apart, for an overlap is a slip of the pen and Neutron refuses it in pools",
                    "Join the two, or correct one",
                )
            if before is None or int(item.last) > int(before.last):
                highest[key] = item


def pools_spare_the_gateway(draft: Draft) -> Iterator[Finding]:
    """Neutron refuses a pool that holds the gateway."""
    for name, subnet in _subnets(draft):
        for index, pool in enumerate(subnet.allocation_pools):
            if subnet.gateway in pool:
                yield Finding(
                    at("networks", name, *subnet.path, "allocation-pools", index),
                    f"{pool} holds the gateway {subnet.gateway}",
                    "DHCP must not hand out the gateway's address; Neutron refuses such a pool",
                    "Cut the range, or move the gateway",
                )


def pools_have_room(draft: Draft) -> Iterator[Finding]:
    """Every host without a fixed address, and DHCP itself, needs one from the pools.

    The pools of an existing network are the cloud's to know, but they are no larger than its subnet. DHCP serves IPv4.
    """
    wanted = _wanted(draft)
    fixed = defaultdict[tuple[str, int], set[IPAddress]](set)
    for claim in all_addresses(draft):
        fixed[claim.network, claim.address.version].add(claim.address)
    for name, subnet in _subnets(draft):
        family = (name, subnet.cidr.version)
        pools = subnet.pools
        room = sum(pool.size for pool in pools)
        room -= sum(pool_holding(pools, address) is not None for address in fixed[family])
        for_dhcp = 0 if subnet.path else _FOR_DHCP
        needed = wanted[family] + for_dhcp
        if room < needed:
            key = "allocation-pools" if subnet.allocation_pools else "excluded-ranges"
            too = ", and so does the DHCP service" if for_dhcp else ""
            yield Finding(
                at("networks", name, *subnet.path, "cidr" if draft.networks[name].existing else key),
                f"the pools have {room or 'no'} free address{'' if room == 1 else 'es'} for {needed}",
                f"Each port without a fixed address takes one ({wanted[family]} here){too}",
                "Widen the pools or the subnet, exclude less, or give hosts fixed addresses",
            )


def _wanted(draft: Draft) -> Counter[tuple[str, int]]:
    """How many addresses Neutron has to choose on each network, by family."""
    wanted: Counter[tuple[str, int]] = Counter()
    if draft.directors:
        for nic in draft.directors.nics:
            for version, given in ((4, nic.addresses), (6, nic.ipv6_addresses)):
                wanted[nic.network, version] += 0 if given else len(draft.directors.keys)
    servers = draft.real_servers
    if servers:
        own = [servers.servers[key] for key in servers.own_keys if key in servers.servers]
        for version, given in (
            (4, [server.address for server in own]),
            (6, [server.ipv6_address for server in own]),
        ):
            wanted[servers.network, version] += len(servers.own_keys) - sum(address is not None for address in given)
    observer = draft.observer
    if observer:
        wanted[observer.network, 4] += observer.address is None
        wanted[observer.network, 6] += observer.ipv6_address is None
    return wanted
