"""``gateway``: a network whose way out is the directors, and nothing else, over either family."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.config.base import IPV4, IPV6, PortRange
from components.config.cloud_profile import CloudProfile
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.gateway import SNAT_PORTS, ForwardProtocol, Way
from components.config.guests import PortSecurity
from components.config.networks import NetworkConfig
from components.config.subnets import Subnet
from components.config.virtual_ips import VirtualIpConfig


@dataclass(frozen=True)
class End:
    """An end of a way: its key, its virtual IP, and that one's network and subnet, as far as they are there."""

    way: Way
    name: str
    key: str
    vip: VirtualIpConfig
    network: NetworkConfig | None
    subnet: Subnet | None

    @property
    def where(self) -> str:
        """Where the virtual IP is named."""
        return at("gateway", *self.way.path, self.name)


def _named(draft: Draft) -> Iterator[End]:
    """The ends that name a virtual IP of the file, whatever it is."""
    for way in draft.gateway.ways if draft.gateway else ():
        for name, key in (("inside", way.inside), ("outside", way.outside)):
            vip = draft.virtual_ips.get(key)
            network = draft.networks.get(vip.network) if vip else None
            if vip:
                yield End(way, name, key, vip, network, network.subnet_of(way.version) if network else None)


def _ends(draft: Draft, name: str) -> Iterator[End]:
    """The inside or the outside ends whose virtual IP is of its way's family; of others one rule speaks."""
    return (end for end in _named(draft) if end.name == name and end.vip.address.version == end.way.version)


def a_way_has_two_ends(draft: Draft) -> Iterator[Finding]:
    """Of IPv4, which may be left out for IPv6 alone; the model asks for both ends of IPv6."""
    gateway = draft.gateway
    if gateway is None or (gateway.inside and gateway.outside):
        return
    if not (gateway.inside or gateway.outside):
        if gateway.ipv6 and not gateway.let_in:
            return
        missing, said = "inside and outside", "no virtual IP is named for IPv4"
    else:
        missing = "outside" if gateway.inside else "inside"
        said = f"{missing} is missing"
    yield Finding(
        at("gateway"),
        f"{said}{', and let-in speaks of IPv4' if gateway.let_in else ''}",
        "A way has a virtual IP at each end: inside, the network's gateway, and outside, on the network that leads "
        "out; only a gateway of IPv6 alone has none of IPv4",
        f"Add {missing}" + (", or remove what speaks of IPv4" if gateway.ipv6 else ""),
    )


def each_way_has_its_family(draft: Draft) -> Iterator[Finding]:
    """A packet is forwarded between addresses of its own family."""
    for end in _named(draft):
        if end.vip.address.version == end.way.version:
            continue
        six = end.way.version == IPV6
        family, other = ("IPv6", "IPv4") if six else ("IPv4", "IPv6")
        there = at("gateway", end.name) if six else at("gateway", "ipv6", end.name)
        yield Finding(
            end.where,
            f"virtual IP {end.key} is {end.vip.address}",
            f"Here are the ends of the way of {family}; that of {other} has virtual IPs of its own",
            f"Name an {family} virtual IP here, and {end.key} in {there}",
        )


def inside_is_the_gateway(draft: Draft) -> Iterator[Finding]:
    """The inside network's guests are told its gateway; only there do they send what leaves."""
    for end in _ends(draft, "inside"):
        # Of a network without the family the rule in ipv6.py speaks.
        if end.subnet is None or end.vip.address == end.subnet.gateway:
            continue
        of = "gateway of IPv6" if end.way.version == IPV6 else "gateway"
        yield Finding(
            end.where,
            f"virtual IP {end.key} is {end.vip.address}, the {of} of network {end.vip.network} is {end.subnet.gateway}",
            "The network's guests send what leaves it to its gateway, so that is the virtual IP's own address",
            f"Set {at('networks', end.vip.network, *end.subnet.path, 'gateway')} to {end.vip.address}, or name the "
            "virtual IP that has that address",
        )


def inside_has_no_router(draft: Draft) -> Iterator[Finding]:
    """A router takes the gateway's address, and with it everything that leaves."""
    for network in dict.fromkeys(end.vip.network for end in _named(draft) if end.name == "inside"):
        if network in draft.networks and draft.networks[network].router:
            yield Finding(
                at("networks", network, "router"),
                f"network {network} has a router, and the directors are its gateway",
                "The gateway's address belongs to one of them: the router would take it, and all traffic with it",
                f"Remove the router, or remove {at('gateway')}",
            )


def outside_leads_out(draft: Draft) -> Iterator[Finding]:
    """Forwarded traffic must have somewhere to go. Of an existing network the cloud knows its way out."""
    for end in _ends(draft, "outside"):
        network, subnet = end.network, end.subnet
        if network is None or subnet is None or network.existing or network.router or subnet.given_gateway:
            continue
        six = end.way.version == IPV6
        place = f" in {at('networks', end.vip.network, *subnet.path, 'gateway')}" if six else ""
        yield Finding(
            end.where,
            f"virtual IP {end.vip.address} is on network {end.vip.network}, which has no router and names no "
            f"{'gateway of IPv6' if six else 'gateway'}",
            "What the directors forward leaves by the gateway of the outside network, so there must be one",
            f"Add {at('networks', end.vip.network, 'router')}: {{ external-network: ... }}, or name the gateway that "
            f"is there{place}",
        )


def inside_and_outside_are_two_networks(draft: Draft) -> Iterator[Finding]:
    """A gateway stands between two networks."""
    for inside in _ends(draft, "inside"):
        for outside in _ends(draft, "outside"):
            if inside.way == outside.way and inside.vip.network == outside.vip.network:
                yield Finding(
                    at("gateway", *inside.way.path),
                    f"virtual IPs {inside.key} and {outside.key} are both on network {inside.vip.network}",
                    "A gateway has one virtual IP on the network inside and one on the network that leads out",
                    "Name a virtual IP on another network",
                )


def both_ways_join_the_same_networks(draft: Draft) -> Iterator[Finding]:
    """One filter stands between two networks, for both families."""
    for name in ("inside", "outside"):
        by_version = {end.way.version: end for end in _ends(draft, name)}
        four, six = by_version.get(IPV4), by_version.get(IPV6)
        if four and six and four.vip.network != six.vip.network:
            yield Finding(
                six.where,
                f"virtual IP {six.key} is on network {six.vip.network}, {four.key} of IPv4 on {four.vip.network}",
                "The directors stand between one network inside and one that leads out, over both families",
                f"Name a virtual IP on {four.vip.network}, or move one of the two",
            )


def both_ends_move_together(draft: Draft) -> Iterator[Finding]:
    """A director with some of them would receive what it cannot send on."""
    if draft.gateway is None or draft.vrrp is None or not draft.is_complete("vrrp"):
        return
    ends = [key for _, key in draft.gateway.references]
    instances = [name for end in ends for name, other in draft.instances.items() if end in other.virtual_ips]
    together = any(set(instances) <= set(group) for group in draft.vrrp.sync_groups.values())
    if len(set(instances)) != len(ends) or together:
        return
    *first, last = instances
    two = len(draft.gateway.ways) == 1
    yield Finding(
        at("vrrp", "sync-groups"),
        f"instances {', '.join(first)} and {last}, the gateway's {'two' if two else 'four'} ends, may be on "
        f"{'two' if two else 'several'} directors",
        "A director forwards only where it has both: with one of them it receives what it cannot send on"
        if two
        else "A director forwards a family only where it has both ends, and one director at a time tells the other of "
        "its connections, of both families",
        f"Add {at('vrrp', 'sync-groups')}: {{ gateway: [{', '.join(instances)}] }}",
    )


def forwarding_ports_are_open(draft: Draft) -> Iterator[Finding]:
    """The cloud's filter would know only the connections that it saw, and those stay behind at a failover."""
    directors = draft.directors
    # On ML2/OVN there is no right value: rules/cloud_profile.py says so.
    if draft.cloud_profile is CloudProfile.OVN:
        return
    if draft.gateway and directors and directors.port_security is not PortSecurity.DISABLED:
        yield Finding(
            at("directors", "port-security"),
            f"{directors.port_security} port security, and the directors are a gateway",
            "A gateway sends its clients' addresses and lets answers in; a security group knows connections only where "
            "it saw them begin, so they would die at a failover, and a stateless one would let every answer in. With "
            "disabled the guests' own stateful rules filter, and these know the other director's connections",
            "Set it to disabled, or leave the key out",
        )


def services_leave_the_ports_of_snat_alone(draft: Draft) -> Iterator[Finding]:
    """An answer to a forwarded connection would be taken for a client of the service."""
    low, high = SNAT_PORTS
    seen_as = [way.outside for way in draft.gateway.ways if way.snat] if draft.gateway else []
    for name, service in draft.services.items():
        ports = service.clients_ports
        if ports is None or not ports.overlaps(PortRange(first=low, last=high)):
            continue
        for outside in seen_as:
            if outside in service.vips:
                yield Finding(
                    at("services", name, "ports" if service.ports else "port"),
                    f"port {ports} of {outside}, as which the inside network is seen",
                    f"Its connections leave from ports {low} to {high} of that address, and answers to one of them "
                    "would go to the service",
                    f"Choose a port outside {low} to {high}, or serve it on another virtual IP",
                )


def let_in_leads_inside(draft: Draft) -> Iterator[Finding]:
    """A rule for other hosts would let nothing in."""
    for end in _ends(draft, "inside"):
        if end.subnet is None:
            continue
        for name, rule in end.way.let_in.items():
            where = at("gateway", *end.way.path, "let-in", name)
            for index, destination in enumerate(rule.destinations):
                if destination[0] not in end.subnet.cidr or destination[-1] not in end.subnet.cidr:
                    yield Finding(
                        f"{where}.destinations[{index}]",
                        f"{destination} is not within {end.subnet.cidr} of network {end.vip.network}",
                        "The gateway forwards from outside to its inside network only",
                        "Choose hosts of that network, or leave the key out for all of it",
                    )
            if rule.protocol is ForwardProtocol.ICMP and rule.port is not None:
                yield Finding(
                    f"{where}.port",
                    f"port {rule.port} of ICMP",
                    "ICMP has no ports",
                    "Remove the port, or choose tcp or udp",
                )
