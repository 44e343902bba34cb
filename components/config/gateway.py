"""``gateway``: the directors as a network's way out, with a packet filter that knows connections."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from pydantic import Field

from components.config.base import IPV4, IPV6, Name, Noun

# The source ports that connections get when they leave as the outside virtual IP. Linux takes its own connections'
# ports from this range (net.ipv4.ip_local_port_range), so most keep theirs; services of the virtual IP lie outside it.
SNAT_PORTS = (32768, 60999)

# conntrackd's reliable unicast channel has two ends.
MOST_DIRECTORS_WITH_STATE = 2


class ForwardProtocol(StrEnum):
    """What may be let in from outside; ``icmp`` is each family's own."""

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


class LetIn6Config(Noun):
    """The same connections over IPv6."""

    protocol: ForwardProtocol = Field(description="of the connections; icmp is ICMPv6")
    port: int | None = Field(default=None, ge=1, le=65535, description="where they lead; default: any")
    sources: tuple[IPv6Network, ...] = Field(min_length=1, description="from where they come")
    destinations: tuple[IPv6Network, ...] = Field(
        default=(), description="where they lead, within the inside network; default: all of it"
    )


class Gateway6Config(Noun):
    """The way of IPv6 between the same two networks, over the same director."""

    inside: str = Field(description="the key of the virtual IP that is the inside network's gateway of IPv6")
    outside: str = Field(description="the key of the virtual IP of IPv6 on the network that leads out")
    snat: bool = Field(
        default=False,
        description="whether what leaves carries the outside virtual IP as its source; false: the prefix is routed",
    )
    let_in: dict[Name, LetIn6Config] = Field(
        default_factory=dict[str, LetIn6Config],
        description="what outside may open besides the services; answers always come in",
    )


@dataclass(frozen=True)
class Way:
    """The way of one family, as the rules and the plan look at it; ``path`` leads to its keys from the gateway's."""

    path: tuple[str, ...]
    version: int
    inside: str
    outside: str
    snat: bool
    let_in: Mapping[str, LetInConfig | LetIn6Config]


class GatewayConfig(Noun):
    """The way between an inside network and the outside, over the director that has all of its virtual IPs."""

    inside: str | None = Field(
        default=None, description="the key of the virtual IP that is its network's gateway; none: IPv6 alone"
    )
    outside: str | None = Field(
        default=None, description="the key of the virtual IP on the network that leads out; none: IPv6 alone"
    )
    snat: bool = Field(
        default=True,
        description="whether what leaves carries the outside virtual IP as its source; false: the network is routed",
    )
    let_in: dict[Name, LetInConfig] = Field(
        default_factory=dict[str, LetInConfig],
        description="what outside may open besides the services; answers always come in",
    )
    ipv6: Gateway6Config | None = Field(default=None, description="none: the directors forward IPv4 alone")

    @property
    def ways(self) -> tuple[Way, ...]:
        """That of IPv4, then that of IPv6, each where it is wished for."""
        four, six = self.inside and self.outside, self.ipv6
        return (
            *([Way((), IPV4, self.inside or "", self.outside or "", self.snat, self.let_in)] if four else []),
            *([Way(("ipv6",), IPV6, six.inside, six.outside, six.snat, six.let_in)] if six else []),
        )

    @property
    def references(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Each virtual IP that is named, and the keys that lead there from the gateway's."""
        said = ((("inside",), self.inside), (("outside",), self.outside))
        six = ((("ipv6", "inside"), self.ipv6.inside), (("ipv6", "outside"), self.ipv6.outside)) if self.ipv6 else ()
        return tuple((path, key) for path, key in (*said, *six) if key is not None)
