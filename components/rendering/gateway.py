"""A gateway's files: routing, and a packet filter that forwards, knows connections and changes sources."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.config.base import IPV4, IPV6, IPAddress, IPNetwork, PortRange
from components.config.gateway import ForwardProtocol
from components.config.services import Forwarding
from components.plan.firewall import RuleProtocol
from components.plan.forwarding import VirtualServer
from components.plan.gateway import GatewayPlan, LetIn, Passage
from components.plan.hosts import Feature, Host, planned
from components.plan.stack import Addresses, StackPlan
from components.rendering.environment import render
from components.rendering.packet_filter import NFT_PROTOCOL, interfaces_of, packet_filter, targets_of
from components.rendering.places import bracketed, resolved

# A family by the word that nft has for its addresses, and by what marks its rules' comments.
_FAMILY = {IPV4: "ip", IPV6: "ip6"}
_MARK = {IPV4: "", IPV6: ".ipv6"}
_ICMP = {IPV4: NFT_PROTOCOL[RuleProtocol.ICMP], IPV6: NFT_PROTOCOL[RuleProtocol.ICMPV6]}


@dataclass(frozen=True)
class Untracked:
    """Packets of a balanced connection, in nft's words: ``ends`` and ports of a virtual server, or of a real server.

    ``interfaces`` are those by which they come in; clients may come by any.
    """

    ends: str
    protocol: str
    ports: str
    interfaces: str = ""


@dataclass(frozen=True)
class Opening:
    """A let-in rule in nft's words; ``match`` is what it says of protocol and port."""

    key: str
    sources: str
    destinations: str
    match: str


@dataclass(frozen=True)
class Forwarded:
    """A family's way in nft's words.

    ``family`` is the word for its addresses, ``mark`` ends a rule's comment. ``source`` is as whom the inside is seen,
    and ``source_with_ports`` the same for what has ports; both None where it is routed.
    """

    family: str
    mark: str
    inside: str
    source: str | None
    source_with_ports: str | None
    let_in: tuple[Opening, ...]


def gateway_files(plan: StackPlan, host: Host, addresses: Addresses) -> Iterator[tuple[str, str]]:
    """Each file's path on the guest and its text."""
    gateway = planned(plan.gateway, Feature.GATEWAY)
    ways = [_forwarded(passage, gateway.source_ports) for passage in gateway.passages]
    yield (
        "/etc/modules-load.d/vipstack-gateway.conf",
        render(Feature.GATEWAY, "/etc/modules-load.d/vipstack-gateway.conf"),
    )
    yield (
        "/etc/sysctl.d/91-vipstack-gateway.conf",
        render(
            Feature.GATEWAY,
            "/etc/sysctl.d/91-vipstack-gateway.conf",
            ipv4=gateway.forwards(IPV4),
            ipv6=gateway.forwards(IPV6),
        ),
    )
    yield (
        "/etc/nftables.conf",
        render(
            Feature.GATEWAY,
            "/etc/nftables.conf",
            **packet_filter(plan, host.ports, addresses),
            services=list(_services(plan)),
            replies=list(_replies(plan, addresses)),
            inside=interfaces_of(plan, gateway.inside),
            outside=interfaces_of(plan, gateway.outside),
            inside_nic=f'"{plan.network(gateway.inside).interface}"',
            outside_nic=f'"{plan.network(gateway.outside).interface}"',
            ways=ways,
            translated=[way for way in ways if way.source],
            hidden=list(_hidden(plan, gateway, addresses)),
        ),
    )


def _forwarded(passage: Passage, source_ports: tuple[int, int]) -> Forwarded:
    source, version = passage.source, passage.version
    return Forwarded(
        family=_FAMILY[version],
        mark=_MARK[version],
        inside=str(passage.inside),
        source=str(source) if source else None,
        source_with_ports=f"{bracketed(source)}:{'-'.join(map(str, source_ports))}" if source else None,
        let_in=tuple(_opening(rule, version) for rule in passage.let_in),
    )


def _services(plan: StackPlan) -> Iterator[Untracked]:
    for server in plan.virtual_servers:
        yield Untracked(targets_of(server), server.protocol.value, str(server.ports))


def _replies(plan: StackPlan, addresses: Addresses) -> Iterator[Untracked]:
    """What answers by way of this director, which with direct routing is nothing."""
    replies = (
        Untracked(
            f"{_FAMILY[source.version]} saddr {source}",
            server.protocol.value,
            str(ports),
            interfaces_of(plan, _subnet_of(plan, source)[0]),
        )
        for server in plan.virtual_servers
        for source, ports in _translated(server, addresses)
    )
    yield from dict.fromkeys(replies)


def _hidden(plan: StackPlan, gateway: GatewayPlan, addresses: Addresses) -> Iterator[str]:
    """Whose own addresses never leave: the inside where it is translated, and real servers on a network beside it."""
    own = [passage.inside for passage in gateway.passages if passage.source]
    beside = [
        subnet
        for server in plan.virtual_servers
        for source, _ in _translated(server, addresses)
        for network, subnet in [_subnet_of(plan, source)]
        if network not in (gateway.inside, gateway.outside)
    ]
    yield from (f"{_FAMILY[subnet.version]} saddr {subnet}" for subnet in dict.fromkeys([*own, *beside]))


def _translated(server: VirtualServer, addresses: Addresses) -> Iterator[tuple[IPAddress, PortRange | int]]:
    """Who is reached by NAT, and where it listens."""
    if server.forwarding is Forwarding.NAT:
        for real in server.real_servers:
            yield resolved(real.where, addresses), real.port or server.ports
    if server.sorry_server and server.sorry_server.forwarding is Forwarding.NAT:
        yield server.sorry_server.address, server.sorry_server.port or server.ports


def _subnet_of(plan: StackPlan, address: IPAddress) -> tuple[str, IPNetwork]:
    """The network on which an address is, and its subnet there; the rules refuse those that are on none."""
    subnets = ((net.key, cidr) for net in plan.networks for cidr in (net.cidr, *([net.ipv6.cidr] if net.ipv6 else [])))
    return next((network, subnet) for network, subnet in subnets if address in subnet)


def _opening(rule: LetIn, version: int) -> Opening:
    if rule.protocol is ForwardProtocol.ICMP:
        match = f"meta l4proto {_ICMP[version]}"
    elif rule.port is None:
        match = f"meta l4proto {rule.protocol}"
    else:
        match = f"{rule.protocol} dport {rule.port}"
    return Opening(rule.key, ", ".join(map(str, rule.sources)), ", ".join(map(str, rule.destinations)), match)
