"""Who may reach whom: one list of ingress rules a role, written as a security group or as the guest's own ruleset.

Egress is open. Nothing comes in that is not listed here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from components.config.base import IPNetwork, PortRange

ANYWHERE = IPv4Network("0.0.0.0/0")
ANYWHERE6 = IPv6Network("::/0")

# Where Linux takes the source ports of its own connections (net.ipv4.ip_local_port_range). A stateless filter does not
# know which packets are answers, so answers to the guest's own questions are let in by their port.
EPHEMERAL_PORTS = (32768, 60999)


class RuleProtocol(StrEnum):
    """Protocols by the names that Neutron and nftables share; VRRP is IP protocol 112."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"
    ICMPV6 = "ipv6-icmp"
    VRRP = "vrrp"


@dataclass(frozen=True)
class PortAddress:
    """An address of a port of this stack, by the port's key and its family; Neutron may be the one who chooses it."""

    port: str
    version: int = 4


@dataclass(frozen=True)
class IngressRule:
    """Packets that may come in. ``key`` says which rule it is; ``ports`` is a closed range, None for all."""

    key: str
    protocol: RuleProtocol
    remote: IPNetwork | PortAddress
    ports: tuple[int, int] | None = None

    @property
    def version(self) -> int:
        """The family of the packets: 4 or 6."""
        return self.remote.version


@dataclass(frozen=True)
class SecurityGroup:
    """A security group of the stack. ``key`` is the role that it serves."""

    key: str
    name: str
    stateful: bool
    rules: tuple[IngressRule, ...]


def icmp() -> IngressRule:
    """Ping and path MTU discovery, from anywhere."""
    return IngressRule(key="icmp", protocol=RuleProtocol.ICMP, remote=ANYWHERE)


def ssh(sources: tuple[IPNetwork, ...]) -> tuple[IngressRule, ...]:
    """SSH from where the operator said."""
    return tuple(
        IngressRule(
            key=f"ssh-from-{str(source).replace(':', '-')}", protocol=RuleProtocol.TCP, remote=source, ports=(22, 22)
        )
        for source in sources
    )


def service(protocol: str, ports: PortRange) -> IngressRule:
    """A virtual server's ports, from anywhere: that is what it is for."""
    return IngressRule(
        key=f"service-{protocol}-{ports}",
        protocol=RuleProtocol(protocol),
        remote=ANYWHERE,
        ports=(ports.first, ports.last),
    )


def vrrp(peers: tuple[str, ...]) -> tuple[IngressRule, ...]:
    """VRRP from the peers' ports, by address.

    Not by remote group: a group's members include every address of their allowed-address pairs, and a 0.0.0.0/0 pair
    would let the whole world in.
    """
    return tuple(
        IngressRule(key=f"vrrp-from-{peer}", protocol=RuleProtocol.VRRP, remote=PortAddress(peer)) for peer in peers
    )


def answers() -> tuple[IngressRule, ...]:
    """What a stateless filter must let in so that the guest's own questions (packages, DNS, checks) are answered."""
    return tuple(
        IngressRule(key=f"answers-{protocol}", protocol=protocol, remote=ANYWHERE, ports=EPHEMERAL_PORTS)
        for protocol in (RuleProtocol.TCP, RuleProtocol.UDP)
    )


def over_ipv6(rules: Iterable[IngressRule], peers: frozenset[str]) -> Iterator[IngressRule]:
    """What the rules let in from anywhere, and VRRP from the peers' ports, for IPv6 as well.

    ICMPv6 is not only ping: without neighbour discovery nobody finds the guest. What names a subnet says its family.

    Args:
        rules: those of IPv4.
        peers: the keys of the ports whose VRRP comes by IPv6.
    """
    for rule in rules:
        if isinstance(rule.remote, PortAddress):
            if rule.protocol is RuleProtocol.VRRP and rule.remote.port in peers:
                yield replace(rule, key=f"{rule.key}.ipv6", remote=replace(rule.remote, version=6))
        elif rule.remote == ANYWHERE:
            protocol = RuleProtocol.ICMPV6 if rule.protocol is RuleProtocol.ICMP else rule.protocol
            yield replace(rule, key=f"{rule.key}.ipv6", protocol=protocol, remote=ANYWHERE6)
