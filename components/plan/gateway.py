"""The gateway: between which networks it stands, what it lets pass, and as whom the inside is seen.

Deliberately knows no address of a director: all its virtual IPs move together, so whoever has them is the gateway.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Network

from components.config.base import IPV6, IPAddress, IPNetwork
from components.config.gateway import SNAT_PORTS, ForwardProtocol, Way
from components.config.stack import StackConfig
from components.config.subnets import Subnet
from components.plan.networks import RouterRoute
from components.plan.tracking import VirtualRoute

# All of IPv6, twice as specific as a default route.
_HALVES = (IPv6Network("::/1"), IPv6Network("8000::/1"))


@dataclass(frozen=True)
class LetIn:
    """Connections that outside may open; ``port`` None is any, and ICMP has none."""

    key: str
    protocol: ForwardProtocol
    port: int | None
    sources: tuple[IPNetwork, ...]
    destinations: tuple[IPNetwork, ...]


@dataclass(frozen=True)
class Passage:
    """What one family does: ``source`` is who the inside is seen as, None where it is routed."""

    inside: IPNetwork
    source: IPAddress | None
    let_in: tuple[LetIn, ...]

    @property
    def version(self) -> int:
        """The family: 4 or 6."""
        return self.inside.version


@dataclass(frozen=True)
class GatewayPlan:
    """``inside`` and ``outside`` are network keys; ``passages`` has one for each family that is forwarded.

    ``own_routes`` are routes of every director, whether it is master or not.
    """

    inside: str
    outside: str
    source_ports: tuple[int, int]
    passages: tuple[Passage, ...]
    own_routes: tuple[VirtualRoute, ...]

    def forwards(self, version: int) -> bool:
        """Whether the directors forward this family."""
        return any(passage.version == version for passage in self.passages)


def plan_gateway(config: StackConfig) -> GatewayPlan | None:
    """The gateway, where there is one."""
    ways = config.gateway.ways if config.gateway else ()
    if not ways:
        return None
    outside = config.virtual_ips[ways[0].outside].network
    return GatewayPlan(
        inside=config.virtual_ips[ways[0].inside].network,
        outside=outside,
        source_ports=SNAT_PORTS,
        passages=tuple(_passage(config, way) for way in ways),
        own_routes=tuple(_own_routes(config, outside) if ways[-1].version == IPV6 else ()),
    )


def _passage(config: StackConfig, way: Way) -> Passage:
    inside = _subnet(config, config.virtual_ips[way.inside].network, way.version).cidr
    return Passage(
        inside=inside,
        source=config.virtual_ips[way.outside].address if way.snat else None,
        let_in=tuple(
            LetIn(key, rule.protocol, rule.port, rule.sources, rule.destinations or (inside,))
            for key, rule in way.let_in.items()
        ),
    )


def _own_routes(config: StackConfig, outside: str) -> Iterator[VirtualRoute]:
    """A director's way out over IPv6, before the default routes that it was told.

    A server's network data names the gateway of each of its subnets: of the inside one that is the directors' own
    virtual IP, and of others perhaps nobody. No option of a port keeps that from a director, as DHCP's does for IPv4,
    and which of several default routes is taken nobody has said. More specific routes win, whatever their metric.
    """
    gateway = _subnet(config, outside, IPV6).gateway
    return (VirtualRoute(half, outside, gateway=gateway) for half in _HALVES)


def _subnet(config: StackConfig, network: str, version: int) -> Subnet:
    subnet = config.networks[network].subnet_of(version)
    if subnet is None:
        raise ValueError("a way of a family that a network has not, which the rules refuse")
    return subnet


def gateway_networks(config: StackConfig) -> frozenset[str]:
    """The networks to which directors send packets with others' addresses, and from which answers come."""
    gateway = plan_gateway(config)
    return frozenset({gateway.inside, gateway.outside}) if gateway else frozenset()


def routes_back(config: StackConfig) -> dict[str, tuple[RouterRoute, ...]]:
    """Where a router of the stack's own finds what is routed, by the network that it is the router of.

    With source NAT nobody asks for an address inside. A router that is there already is its owner's to tell.
    """
    found: dict[str, tuple[RouterRoute, ...]] = {}
    for way in config.gateway.ways if config.gateway else ():
        inside, outside = config.virtual_ips[way.inside], config.virtual_ips[way.outside]
        if config.networks[outside.network].router and not way.snat:
            prefix = _subnet(config, inside.network, way.version).cidr
            key = ".".join([f"{outside.network}.to-{inside.network}", *way.path])
            found[outside.network] = (*found.get(outside.network, ()), RouterRoute(key, prefix, outside.address))
    return found
