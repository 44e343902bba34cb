"""What directors, real servers and the observer have in common as servers of the cloud, and the directors."""

from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from pydantic import Field

from components.config.base import AnySubnet, CloudName, Name, Noun

# Priorities count down from 250 (components/plan/vrrp.py) and end at 1.
MOST_DIRECTORS = 250


class GuestConfig(Noun):
    """What a server is besides its image and flavor."""

    availability_zone: CloudName | None = Field(default=None, description="default: what Nova chooses")
    ssh_from: tuple[AnySubnet, ...] = Field(default=(), description="from where SSH is let in; default: nowhere")
    floating_ips: CloudName | None = Field(
        default=None, description="name of the external network from which each server gets a floating IP"
    )


class ServerConfig(GuestConfig):
    """A server that is made in any case."""

    image: CloudName = Field(description="name of the image in Glance")
    flavor: CloudName = Field(description="name of the flavor in Nova")


class BondMode(StrEnum):
    """How Open vSwitch shares a bond's traffic out: by connection, by sender, or not at all."""

    BALANCE_TCP = "balance-tcp"
    BALANCE_SLB = "balance-slb"
    ACTIVE_BACKUP = "active-backup"


class LacpTime(StrEnum):
    """How often the switch is asked to say that it is there: every 30 s or every second (IEEE 802.1AX)."""

    SLOW = "slow"
    FAST = "fast"


class BondConfig(Noun):
    """Several NICs as one, for bare-metal flavors: an Open vSwitch bridge over a bond, by LACP."""

    legs: int = Field(default=2, ge=2, le=8, description="NICs in the bond; one alone has nothing to fall back on")
    mode: BondMode = Field(default=BondMode.BALANCE_TCP, description="how traffic is shared out among the legs")
    lacp_time: LacpTime = Field(
        default=LacpTime.SLOW, description="a dead leg without loss of link is noticed within 90 s, or within 3 s"
    )


# IFNAMSIZ, less the final zero; a label of an address may not be longer either.
LONGEST_INTERFACE = 15


def bridge_name(network: str, index: int) -> str:
    """What a bond's bridge is called on the directors, by the NIC's network and its place among the NICs."""
    name = f"br-{network}"
    return name if len(name) <= LONGEST_INTERFACE else f"br-nic-{index}"


class NicConfig(Noun):
    """A network interface of every director; its addresses are those of the directors in their order."""

    network: str = Field(description="the key of a network of this file")
    addresses: tuple[IPv4Address, ...] = Field(
        default=(), description="one for each director; default: Neutron chooses from the allocation pools"
    )
    ipv6_addresses: tuple[IPv6Address, ...] = Field(
        default=(), description="the same for a network that has IPv6; default: Neutron chooses"
    )
    bond: BondConfig | None = Field(
        default=None, description="this NIC is several of a bare-metal server; none: it is a single one"
    )


class Placement(StrEnum):
    """Nova's server-group policies, and none."""

    ANTI_AFFINITY = "anti-affinity"
    SOFT_ANTI_AFFINITY = "soft-anti-affinity"
    NONE = "none"


class PortSecurity(StrEnum):
    """How a director is allowed to send packets that carry its clients' addresses."""

    DISABLED = "disabled"
    STATELESS = "stateless"
    STATEFUL = "stateful"


class OsFamily(StrEnum):
    """Whose paths, package names and access control the image has."""

    DEBIAN = "debian"
    REDHAT = "redhat"


class DirectorsConfig(ServerConfig):
    """The directors: the servers among which the virtual IPs move."""

    count: int = Field(default=2, ge=2, le=MOST_DIRECTORS, description="one director alone has nobody to fail over to")
    names: tuple[Name, ...] = Field(default=(), description="one for each director; default: director-1, ...")
    nics: tuple[NicConfig, ...] = Field(min_length=1, description="the networks on which every director has a port")
    os_family: OsFamily = Field(
        default=OsFamily.DEBIAN,
        description="of the image: debian (also Ubuntu), or, for pairs of HAProxy alone, redhat (also its rebuilds)",
    )
    placement: Placement = Field(
        default=Placement.ANTI_AFFINITY, description="whether two directors may share a compute host"
    )
    port_security: PortSecurity = Field(
        default=PortSecurity.DISABLED,
        description="used on the directors' ports that carry other hosts' addresses: off, and the guest filters; or on "
        "with the address pair 0.0.0.0/0, and stateless groups or ordinary ones, which know half of a connection by "
        "direct routing and drop the rest",
    )

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the directors: the operator's names, else director-1 and so on."""
        return self.names or tuple(f"director-{n}" for n in range(1, self.count + 1))


class ObserverConfig(ServerConfig):
    """A server that watches the virtual IPs from inside their network; the drill's probe runs on it."""

    enabled: bool = Field(default=True, description="false: no such server")
    network: str = Field(description="the key of a network of this file")
    address: IPv4Address | None = Field(default=None, description="default: Neutron chooses from the allocation pools")
    ipv6_address: IPv6Address | None = Field(
        default=None, description="for a network that has IPv6; default: Neutron chooses"
    )
