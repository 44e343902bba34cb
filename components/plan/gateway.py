"""The gateway: between which networks it stands, what it lets pass, and as whom the inside is seen.

Deliberately knows no address of a director: both virtual IPs move together, so whoever has them is the gateway.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network

from components.config.base import IPAddress
from components.config.gateway import SNAT_PORTS, ForwardProtocol
from components.config.stack import StackConfig


@dataclass(frozen=True)
class LetIn:
    """Connections that outside may open; ``port`` None is any, and ICMP has none."""

    key: str
    protocol: ForwardProtocol
    port: int | None
    sources: tuple[IPv4Network, ...]
    destinations: tuple[IPv4Network, ...]


@dataclass(frozen=True)
class GatewayPlan:
    """``inside`` and ``outside`` are network keys; ``source`` is who the inside is seen as, None where it is routed."""

    inside: str
    outside: str
    source: IPAddress | None
    source_ports: tuple[int, int]
    let_in: tuple[LetIn, ...]


def plan_gateway(config: StackConfig) -> GatewayPlan | None:
    """The gateway, where there is one."""
    gateway = config.gateway
    if gateway is None:
        return None
    inside = config.virtual_ips[gateway.inside].network
    outside = config.virtual_ips[gateway.outside]
    return GatewayPlan(
        inside=inside,
        outside=outside.network,
        source=outside.address if gateway.snat else None,
        source_ports=SNAT_PORTS,
        let_in=tuple(
            LetIn(key, rule.protocol, rule.port, rule.sources, rule.destinations or (config.networks[inside].cidr,))
            for key, rule in gateway.let_in.items()
        ),
    )


def gateway_networks(config: StackConfig) -> frozenset[str]:
    """The networks to which directors send packets with others' addresses, and from which answers come."""
    gateway = plan_gateway(config)
    return frozenset({gateway.inside, gateway.outside}) if gateway else frozenset()
