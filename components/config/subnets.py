"""A subnet of either family, as the rules and the plan look at it: its hosts, gateway and pools.

Made from the nouns of ``networks.py``; itself no noun, for the stack file says IPv4 and IPv6 in different places.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from operator import attrgetter

from components.config.base import AddressRange, AddressRange6, AnyRange, IPAddress, IPNetwork


@dataclass(frozen=True)
class Subnet:
    """A subnet; ``path`` leads to its keys from the network's. ``given_gateway`` and the ranges are as written."""

    path: tuple[str, ...]
    cidr: IPNetwork
    given_gateway: IPAddress | None
    allocation_pools: tuple[AnyRange, ...]
    excluded_ranges: tuple[AnyRange, ...]

    @property
    def first(self) -> IPAddress:
        """The first host: after the network's address, in IPv6 that of all its routers (RFC 4291, 2.6.1)."""
        return self.cidr.network_address + 1

    @property
    def last(self) -> IPAddress:
        """The last host: before the broadcast address in IPv4; IPv6 has none."""
        return self.cidr.broadcast_address - (1 if isinstance(self.cidr, IPv4Network) else 0)

    def is_host(self, address: IPAddress) -> bool:
        """Whether an address of this family may be somebody's."""
        return int(self.first) <= int(address) <= int(self.last)

    @property
    def gateway(self) -> IPAddress:
        """The gateway as given, else the first address of the subnet (what Neutron does)."""
        return self.given_gateway or self.first

    @cached_property
    def pools(self) -> tuple[AnyRange, ...]:
        """The pools as given, else the host addresses of the subnet without the gateway and the excluded ranges.

        Ranges in rising order; empty where nothing is left.
        """
        if self.allocation_pools:
            return tuple(sorted(self.allocation_pools, key=attrgetter("first")))
        gateway = int(self.gateway)
        taken = sorted([*((int(r.first), int(r.last)) for r in self.excluded_ranges), (gateway, gateway)])
        pools: list[AnyRange] = []
        start, end = int(self.first), int(self.last)
        for first, last in [*taken, (end + 1, end + 1)]:
            if start <= min(first - 1, end):
                pools.append(self._range(start, min(first - 1, end)))
            start = max(start, last + 1)
        return tuple(pools)

    def _range(self, first: int, last: int) -> AnyRange:
        if isinstance(self.cidr, IPv4Network):
            return AddressRange(first=IPv4Address(first), last=IPv4Address(last))
        return AddressRange6(first=IPv6Address(first), last=IPv6Address(last))


def pool_holding(pools: Sequence[AnyRange], address: IPAddress) -> AnyRange | None:
    """The pool that an address is in, among pools in rising order that do not overlap."""
    index = bisect_right(pools, address, key=attrgetter("first")) - 1
    return pools[index] if index >= 0 and address in pools[index] else None
