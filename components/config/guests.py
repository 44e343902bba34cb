"""What directors, real servers and the observer have in common as servers of the cloud, and the directors."""

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

from pydantic import Field

from components.config.base import Name, Noun


class GuestConfig(Noun):
    """What Nova must know of a server."""

    image: str
    flavor: str
    availability_zone: str | None = None
    ssh_from: tuple[IPv4Network, ...] = Field(default=(), description="from where SSH is let in; default: nowhere")
    floating_ips: str | None = Field(
        default=None, description="name of the external network from which each server gets a floating IP"
    )


class NicConfig(Noun):
    """A network interface of every director; its addresses are those of the directors in their order."""

    network: str
    addresses: tuple[IPv4Address, ...] = Field(
        default=(), description="one for each director; default: Neutron chooses from the allocation pools"
    )


class Placement(StrEnum):
    """Nova's server-group policies, and none."""

    ANTI_AFFINITY = "anti-affinity"
    SOFT_ANTI_AFFINITY = "soft-anti-affinity"
    NONE = "none"


class PortSecurity(StrEnum):
    """How a direct-routing director is allowed to send packets that carry its clients' addresses."""

    DISABLED = "disabled"
    STATELESS = "stateless"


class DirectorsConfig(GuestConfig):
    """The directors: the servers among which the virtual IPs move."""

    count: int = Field(default=2, description="2 or more")
    names: tuple[Name, ...] = Field(default=(), description="one for each director; default: director-1, ...")
    nics: tuple[NicConfig, ...]
    placement: Placement = Placement.ANTI_AFFINITY
    port_security: PortSecurity = Field(
        default=PortSecurity.DISABLED,
        description="used on the directors' ports where services use direct routing",
    )


class ObserverConfig(GuestConfig):
    """A server that watches the virtual IPs from inside their network; the drill's probe runs on it."""

    enabled: bool = True
    network: str
    address: IPv4Address | None = None
