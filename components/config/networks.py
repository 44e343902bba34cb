"""``networks``: the networks of a stack, created or looked up, and how they reach the outside."""

from ipaddress import IPv4Address, IPv4Network

from pydantic import Field

from components.config.base import Noun, Range


class RouterConfig(Noun):
    """The router between a created network and an external one."""

    external_network: str = Field(description="name of the cloud's external network")
    snat: bool = Field(
        default=True,
        description="whether the router hides the network behind its own address; false: the network is routed",
    )


class NetworkConfig(Noun):
    """A network: created with the ranges that DHCP must leave alone, or an existing one looked up by name."""

    existing: str | None = Field(
        default=None, description="name of a network that is there already; nothing of it is changed"
    )
    cidr: IPv4Network = Field(description="the subnet, e.g. 203.0.113.0/27")
    gateway: IPv4Address | None = Field(default=None, description="default: the first address of the subnet")
    allocation_pools: tuple[Range, ...] = Field(
        default=(), description="the ranges from which DHCP hands out addresses"
    )
    excluded_ranges: tuple[Range, ...] = Field(
        default=(), description="the ranges that DHCP leaves alone; the pools are the rest of the subnet"
    )
    dns_servers: tuple[IPv4Address, ...] = ()
    search_domain: str | None = None
    mtu: int | None = Field(default=None, ge=576, le=9216, description="default: what the cloud chooses")
    router: RouterConfig | None = Field(default=None, description="none: the network has no way out")
