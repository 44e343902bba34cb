"""``real-servers``: the servers that do the work behind the virtual servers."""

from collections.abc import Mapping
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address

from pydantic import Field

from components.config.base import IPV4, CloudName, IPAddress, Name, Noun
from components.config.guests import GuestConfig, Placement

# ipvsadm(8): "Valid values of weight are 0 through to 65535".
HIGHEST_WEIGHT = 65535


class ArpSilence(StrEnum):
    """What keeps a real server from answering ARP for the virtual IPs that it has."""

    ARPTABLES = "arptables"
    SYSCTL = "sysctl"


class VipInterface(StrEnum):
    """Where a real server has the virtual IPs that it serves by direct routing."""

    DUMMY = "dummy"
    LOOPBACK = "loopback"


class WebServer(StrEnum):
    """The example web server, so that a new stack answers."""

    APACHE2 = "apache2"
    NONE = "none"


class RealServerConfig(Noun):
    """What one real server has of its own."""

    address: IPv4Address | None = Field(default=None, description="default: Neutron chooses from the allocation pools")
    ipv6_address: IPv6Address | None = Field(
        default=None, description="for a network that has IPv6; default: Neutron chooses"
    )
    existing: bool = Field(
        default=False,
        description="whether it is there already: then it is a destination and nothing else, and its address is needed",
    )
    weight: int | None = Field(
        default=None, ge=0, le=HIGHEST_WEIGHT, description="its share of the connections; default: the common weight"
    )

    @property
    def addresses(self) -> Mapping[str, IPAddress]:
        """What the file gives, by the key that gives it."""
        both = {"address": self.address, "ipv6-address": self.ipv6_address}
        return {key: address for key, address in both.items() if address}

    def address_of(self, version: int) -> IPAddress | None:
        """The address of a family (4 or 6), where the file gives one."""
        return self.address if version == IPV4 else self.ipv6_address


class RealServersConfig(GuestConfig):
    """The real servers: a number of equal ones (``count``), or each by its name (``servers``)."""

    network: str = Field(description="the key of a network of this file")
    image: CloudName | None = Field(default=None, description="name of the image in Glance, for those that are made")
    flavor: CloudName | None = Field(default=None, description="name of the flavor in Nova, for those that are made")
    count: int | None = Field(default=None, ge=1, description="how many equal ones; instead of servers")
    servers: dict[Name, RealServerConfig] = Field(
        default_factory=dict[str, RealServerConfig], description="each by its name; instead of count"
    )
    weight: int = Field(default=1, ge=0, le=HIGHEST_WEIGHT, description="each one's share; 0 takes no new connections")
    arp_silence: ArpSilence = Field(
        default=ArpSilence.ARPTABLES, description="what keeps them from answering ARP for the virtual IPs"
    )
    vip_interface: VipInterface = Field(
        default=VipInterface.DUMMY,
        description="where they have the virtual IPs of direct routing: the dummy interface eth-vip, or lo",
    )
    web_server: WebServer = Field(
        default=WebServer.APACHE2, description="an example web server, so that a new stack answers"
    )
    placement: Placement = Field(
        default=Placement.SOFT_ANTI_AFFINITY, description="whether two real servers may share a compute host"
    )

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the real servers: the operator's names, else real-server-1 and so on."""
        return tuple(self.servers) or tuple(f"real-server-{n}" for n in range(1, (self.count or 0) + 1))

    @property
    def own_keys(self) -> tuple[str, ...]:
        """The keys of those that become servers of the stack."""
        return tuple(key for key in self.keys if not (key in self.servers and self.servers[key].existing))

    def weight_of(self, key: str) -> int:
        """A real server's own weight, else the common one."""
        own = self.servers[key].weight if key in self.servers else None
        return self.weight if own is None else own
