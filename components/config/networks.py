"""``networks``: the networks of a stack, created or looked up, and how they reach the outside."""

from bisect import bisect_right
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network
from operator import attrgetter
from typing import Annotated

from pydantic import AfterValidator, Field

from components.config.base import AddressRange, CloudName, Noun, Range

# A gateway, two directors, a virtual IP, DHCP's own port and one to spare, with network and broadcast address: a /29.
SMALLEST_SUBNET = 8


def _has_hosts(value: IPv4Network) -> IPv4Network:
    if value.num_addresses < SMALLEST_SUBNET:
        raise ValueError("too small")
    return value


class RouterConfig(Noun):
    """The router between a created network and an external one."""

    external_network: CloudName = Field(description="name of the cloud's external network")
    snat: bool = Field(
        default=True,
        description="whether the router hides the network behind its own address; false: the network is routed",
    )


class NetworkConfig(Noun):
    """A network: created with the ranges that DHCP must leave alone, or an existing one looked up by name."""

    existing: CloudName | None = Field(
        default=None, description="name of a network that is there already; nothing of it is changed"
    )
    cidr: Annotated[IPv4Network, AfterValidator(_has_hosts)] = Field(
        description="/29 or larger, with room for a gateway, directors, virtual IPs and DHCP"
    )
    gateway: IPv4Address | None = Field(default=None, description="default: the first address of the subnet")
    allocation_pools: tuple[Range, ...] = Field(
        default=(), description="the ranges from which DHCP hands out addresses"
    )
    excluded_ranges: tuple[Range, ...] = Field(
        default=(), description="the ranges that DHCP leaves alone; the pools are the rest of the subnet"
    )
    dns_servers: tuple[IPv4Address, ...] = Field(default=(), description="what DHCP tells guests to ask for names")
    search_domain: str | None = Field(default=None, description="the domain that guests add to short names")
    mtu: int | None = Field(
        default=None, ge=576, le=9216, description="bytes in the largest packet; default: what the cloud chooses"
    )
    router: RouterConfig | None = Field(default=None, description="none: the network has no way out")

    @property
    def gateway_address(self) -> IPv4Address:
        """The gateway as given, else the first address of the subnet (what Neutron does)."""
        return self.gateway or self.cidr.network_address + 1

    @property
    def pools(self) -> tuple[AddressRange, ...]:
        """The pools as given, else the host addresses of the subnet without the gateway and the excluded ranges.

        Ranges in rising order; empty where nothing is left.
        """
        if self.allocation_pools:
            return tuple(sorted(self.allocation_pools, key=attrgetter("first")))
        gateway = int(self.gateway_address)
        taken = sorted([*((int(r.first), int(r.last)) for r in self.excluded_ranges), (gateway, gateway)])
        pools: list[AddressRange] = []
        start = int(self.cidr.network_address) + 1
        end = int(self.cidr.broadcast_address) - 1
        for first, last in [*taken, (end + 1, end + 1)]:
            if start <= min(first - 1, end):
                pools.append(AddressRange(first=IPv4Address(start), last=IPv4Address(min(first - 1, end))))
            start = max(start, last + 1)
        return tuple(pools)


def pool_holding(pools: Sequence[AddressRange], address: IPv4Address) -> AddressRange | None:
    """The pool that an address is in, among pools in rising order that do not overlap."""
    index = bisect_right(pools, address, key=attrgetter("first")) - 1
    return pools[index] if index >= 0 and address in pools[index] else None
