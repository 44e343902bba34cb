"""The guest's own ruleset in nft's words: a filter behind the cloud's or in its place, and marks for IPVS.

Which packets may come in was decided in components/plan; that the filter is stateless, and why, stands in the template.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from components.config.base import IPV6
from components.config.guests import OsFamily
from components.config.haproxy.load_balancer import HostFirewall
from components.plan import firewall
from components.plan.connection_sync import TUNNEL_INTERFACE
from components.plan.firewall import IngressRule, RuleProtocol
from components.plan.forwarding import VirtualServer
from components.plan.hosts import Port
from components.plan.stack import Addresses, StackPlan
from components.rendering.places import port_words, resolved

# Where the family's nftables.service looks for its ruleset.
RULESET = {OsFamily.DEBIAN: "/etc/nftables.conf", OsFamily.REDHAT: "/etc/sysconfig/nftables.conf"}

# By their numbers: a guest may lack /etc/protocols.
NFT_PROTOCOL = {RuleProtocol.ICMP: "1", RuleProtocol.ICMPV6: "58", RuleProtocol.VRRP: "112"}

# In IPv6 a protocol may come behind other headers, past which nft looks for meta l4proto alone.
NFT_FAMILY = {4: ("ip saddr", "ip protocol"), 6: ("ip6 saddr", "meta l4proto")}


_ANSWERS = (*firewall.answers(), *firewall.over_ipv6(firewall.answers(), frozenset()))


@dataclass(frozen=True)
class Accepted:
    """A rule in nft's words: a transport protocol with ports, or an IP protocol without.

    ``source`` is the whole condition on the source's address, ``whole`` the word before a protocol without ports.
    ``answers``: only what answers the guest's own connections, so never the packet that opens one.
    """

    key: str
    source: str
    whole: str
    protocol: str
    ports: str | None
    answers: bool


@dataclass(frozen=True)
class OpenNic:
    """An interface that the guest filters. ``interfaces``: itself and the macvlans of its virtual MACs."""

    network: str
    interfaces: str
    rules: tuple[Accepted, ...]


@dataclass(frozen=True)
class Mark:
    """The packets of a service that IPVS knows by a firewall mark."""

    service: str
    targets: str
    protocol: str
    ports: str
    mark: int


def filtered_by_firewalld(plan: StackPlan) -> bool:
    """Whether the directors filter by firewalld; a guest runs it or nftables.service, not both."""
    return bool(plan.load_balancer) and plan.load_balancer.config.host_firewall is HostFirewall.FIREWALLD


def packet_filter(plan: StackPlan, ports: Sequence[Port], addresses: Addresses) -> dict[str, object]:
    """The template's variables: the interfaces by who filters them, this guest or the cloud's groups alone.

    Empty where there is nothing to filter and nothing to mark.
    """
    guarded: list[str] = []
    opened: list[OpenNic] = []
    for port in ports:
        interfaces = interfaces_of(plan, port.network)
        if not port.guest_rules:
            guarded.append(interfaces)
        else:
            rules = tuple(_accepted(rule, addresses) for rule in port.guest_rules)
            opened.append(OpenNic(port.network, interfaces, rules))
    if plan.connection_sync and plan.connection_sync.balancing:
        guarded.append(f'"{TUNNEL_INTERFACE}"')
    marks = [_mark(server, server.mark) for server in plan.virtual_servers if server.mark is not None]
    return {"opened": opened, "guarded": ", ".join(guarded), "marks": marks} if opened or marks else {}


def _mark(server: VirtualServer, mark: int) -> Mark:
    return Mark(server.service, targets_of(server), server.protocol.value, str(server.ports), mark)


def targets_of(server: VirtualServer) -> str:
    """What is sent to a virtual server, as far as its addresses go."""
    family = "ip6" if server.addresses[0].version == IPV6 else "ip"
    return f"{family} daddr {{ {', '.join(map(str, server.addresses))} }}"


def interfaces_of(plan: StackPlan, network: str) -> str:
    """The guest's interfaces on a network: what is sent to a virtual MAC comes in by its macvlan, not by the NIC."""
    macvlans = [i.interface for i in plan.instances if i.network == network and i.virtual_mac]
    return ", ".join(f'"{name}"' for name in (plan.network(network).interface, *macvlans))


def _accepted(rule: IngressRule, addresses: Addresses) -> Accepted:
    saddr, protocol = NFT_FAMILY[rule.version]
    return Accepted(
        key=rule.key,
        source=f"{saddr} {resolved(rule.remote, addresses)}",
        whole=protocol,
        protocol=NFT_PROTOCOL.get(rule.protocol, rule.protocol.value),
        ports=port_words(rule.ports),
        answers=rule.protocol is RuleProtocol.TCP and rule in _ANSWERS,
    )
