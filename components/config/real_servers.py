"""``real-servers``: the servers that do the work behind the virtual servers."""

from enum import StrEnum
from ipaddress import IPv4Address

from pydantic import Field

from components.config.base import Name, Noun
from components.config.guests import GuestConfig, Placement


class ArpSilence(StrEnum):
    """What keeps a real server from answering ARP for the virtual IPs on its dummy interface."""

    ARPTABLES = "arptables"
    SYSCTL = "sysctl"


class WebServer(StrEnum):
    """The example web server, so that a new stack answers."""

    APACHE2 = "apache2"
    NONE = "none"


class RealServerConfig(Noun):
    """What one real server has of its own."""

    address: IPv4Address | None = None
    weight: int | None = None


class RealServersConfig(GuestConfig):
    """The real servers: a number of equal ones (``count``), or each by its name (``servers``)."""

    network: str
    count: int | None = None
    servers: dict[Name, RealServerConfig] = Field(default_factory=dict[str, RealServerConfig])
    weight: int = Field(default=1, description="0 to 65535; 0 takes no new connections")
    arp_silence: ArpSilence = ArpSilence.ARPTABLES
    web_server: WebServer = WebServer.APACHE2
    placement: Placement = Placement.SOFT_ANTI_AFFINITY
