"""``gateway``: the directors as a network's way out, with a packet filter that knows connections."""

from enum import StrEnum
from ipaddress import IPv4Network

from pydantic import Field

from components.config.base import Name, Noun

# The source ports that connections get when they leave as the outside virtual IP. Linux takes its own connections'
# ports from this range (net.ipv4.ip_local_port_range), so most keep theirs; services of the virtual IP lie outside it.
SNAT_PORTS = (32768, 60999)

# conntrackd's reliable unicast channel has two ends.
MOST_DIRECTORS_WITH_STATE = 2


class ForwardProtocol(StrEnum):
    """What may be let in from outside."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"


class LetInConfig(Noun):
    """Connections that may be opened from outside to the inside network, by its hosts' own addresses."""

    protocol: ForwardProtocol = Field(description="of the connections")
    port: int | None = Field(default=None, ge=1, le=65535, description="where they lead; default: any")
    sources: tuple[IPv4Network, ...] = Field(min_length=1, description="from where they come")
    destinations: tuple[IPv4Network, ...] = Field(
        default=(), description="where they lead, within the inside network; default: all of it"
    )


class GatewayConfig(Noun):
    """The way between an inside network and the outside, over the director that has both virtual IPs."""

    inside: str = Field(description="the key of the virtual IP that is its network's gateway")
    outside: str = Field(description="the key of the virtual IP on the network that leads out")
    snat: bool = Field(
        default=True,
        description="whether what leaves carries the outside virtual IP as its source; false: the network is routed",
    )
    let_in: dict[Name, LetInConfig] = Field(
        default_factory=dict[str, LetInConfig],
        description="what outside may open besides the services; answers always come in",
    )
