"""``networks``: the networks of a stack, created or looked up, and how they reach the outside."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Annotated, cast

from pydantic import AfterValidator, Field

from components.config.base import IPV4, AddressRange, CloudName, IPNetwork, Noun, Range, Range6
from components.config.subnets import Subnet

# A gateway, two directors, a virtual IP, DHCP's own port and one to spare, with network and broadcast address: a /29.
SMALLEST_SUBNET = 8


def _has_hosts(value: IPNetwork) -> IPNetwork:
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


class Ipv6Config(Noun):
    """The IPv6 subnet of a network, beside the one of IPv4. Nobody announces it: guests get their addresses fixed."""

    cidr: Annotated[IPv6Network, AfterValidator(_has_hosts)] = Field(description="/125 or larger, a /64 as a rule")
    gateway: IPv6Address | None = Field(default=None, description="default: the first address after the subnet's own")
    allocation_pools: tuple[Range6, ...] = Field(
        default=(), description="the ranges from which Neutron takes addresses for ports"
    )
    excluded_ranges: tuple[Range6, ...] = Field(
        default=(), description="the ranges that Neutron leaves alone; the pools are the rest of the subnet"
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

    ipv6: Ipv6Config | None = Field(default=None, description="none: the network has IPv4 alone")

    @property
    def gateway_address(self) -> IPv4Address:
        """The gateway of IPv4 as given, else the first address of the subnet (what Neutron does)."""
        return self.gateway or self.cidr.network_address + 1

    @property
    def leads_out(self) -> bool:
        """Whether somebody has the gateway's address: the stack's router, whoever the operator names, or the cloud."""
        return self.leads_out_by(IPV4)

    def leads_out_by(self, version: int) -> bool:
        """The same of a family (4 or 6); without a subnet of it nothing leads out."""
        subnet = self.subnet_of(version)
        return bool(subnet) and bool(self.existing or self.router or subnet.given_gateway)

    @property
    def pools(self) -> tuple[AddressRange, ...]:
        """The pools of IPv4 as given, else what the gateway and the excluded ranges leave of the subnet."""
        return cast("tuple[AddressRange, ...]", self.subnet.pools)

    @property
    def subnet(self) -> Subnet:
        """The subnet of IPv4."""
        return Subnet((), self.cidr, self.gateway, self.allocation_pools, self.excluded_ranges)

    @property
    def subnets(self) -> tuple[Subnet, ...]:
        """The subnet of IPv4, then that of IPv6 where there is one."""
        if self.ipv6 is None:
            return (self.subnet,)
        own = self.ipv6
        return (self.subnet, Subnet(("ipv6",), own.cidr, own.gateway, own.allocation_pools, own.excluded_ranges))

    def subnet_of(self, version: int) -> Subnet | None:
        """The subnet of a family (4 or 6), where there is one."""
        return next((subnet for subnet in self.subnets if subnet.cidr.version == version), None)
