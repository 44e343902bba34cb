"""``gateway``: a network whose way out is the directors, and nothing else."""

from collections.abc import Iterator

from components.config.base import IPV6, PortRange
from components.config.cloud_profile import CloudProfile
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.gateway import SNAT_PORTS, ForwardProtocol
from components.config.guests import PortSecurity


def both_ends_are_ipv4(draft: Draft) -> Iterator[Finding]:
    """IPv6 needs no gateway that moves: routers announce themselves, and nobody's source is changed."""
    if draft.gateway is None:
        return
    for end, key in (("inside", draft.gateway.inside), ("outside", draft.gateway.outside)):
        vip = draft.virtual_ips.get(key)
        if vip and vip.address.version == IPV6:
            yield Finding(
                at("gateway", end),
                f"virtual IP {key} is {vip.address}",
                "The gateway forwards IPv4; an IPv6 network has its addresses routed, by the cloud's router",
                "Name an IPv4 virtual IP",
            )


def inside_is_the_gateway(draft: Draft) -> Iterator[Finding]:
    """DHCP tells the inside network's guests its gateway; only there do they send what leaves."""
    vip = draft.virtual_ips.get(draft.gateway.inside) if draft.gateway else None
    network = draft.networks.get(vip.network) if vip else None
    if draft.gateway is None or vip is None or network is None or vip.address == network.gateway_address:
        return
    if vip.address.version == IPV6:
        return
    inside = draft.gateway.inside
    yield Finding(
        at("gateway", "inside"),
        f"virtual IP {inside} is {vip.address}, the gateway of network {vip.network} is {network.gateway_address}",
        "The network's guests send what leaves it to its gateway, so that is the virtual IP's own address",
        f"Set {at('networks', vip.network, 'gateway')} to {vip.address}, or name the virtual IP that has that address",
    )


def inside_has_no_router(draft: Draft) -> Iterator[Finding]:
    """A router takes the gateway's address, and with it everything that leaves."""
    vip = draft.virtual_ips.get(draft.gateway.inside) if draft.gateway else None
    if vip and vip.network in draft.networks and draft.networks[vip.network].router:
        yield Finding(
            at("networks", vip.network, "router"),
            f"network {vip.network} has a router, and the directors are its gateway",
            "The gateway's address belongs to one of them: the router would take it, and all traffic with it",
            f"Remove the router, or remove {at('gateway')}",
        )


def outside_leads_out(draft: Draft) -> Iterator[Finding]:
    """Forwarded traffic must have somewhere to go. Of an existing network the cloud knows its way out."""
    vip = draft.virtual_ips.get(draft.gateway.outside) if draft.gateway else None
    network = draft.networks.get(vip.network) if vip else None
    if vip is None or network is None or network.existing or network.router or network.gateway:
        return
    yield Finding(
        at("gateway", "outside"),
        f"virtual IP {vip.address} is on network {vip.network}, which has no router and names no gateway",
        "What the directors forward leaves by the gateway of the outside network, so there must be one",
        f"Add {at('networks', vip.network, 'router')}: {{ external-network: ... }}, or name the gateway that is there",
    )


def inside_and_outside_are_two_networks(draft: Draft) -> Iterator[Finding]:
    """A gateway stands between two networks."""
    if draft.gateway is None:
        return
    inside, outside = (draft.virtual_ips.get(key) for key in (draft.gateway.inside, draft.gateway.outside))
    if inside and outside and inside.network == outside.network:
        yield Finding(
            at("gateway"),
            f"virtual IPs {draft.gateway.inside} and {draft.gateway.outside} are both on network {inside.network}",
            "A gateway has one virtual IP on the network inside and one on the network that leads out",
            "Name a virtual IP on another network",
        )


def both_ends_move_together(draft: Draft) -> Iterator[Finding]:
    """A director with one of them would receive what it cannot send on."""
    if draft.gateway is None or draft.vrrp is None or not draft.is_complete("vrrp"):
        return
    ends = (draft.gateway.inside, draft.gateway.outside)
    instances = [name for end in ends for name, other in draft.instances.items() if end in other.virtual_ips]
    together = any(set(instances) <= set(group) for group in draft.vrrp.sync_groups.values())
    if len(set(instances)) == len(ends) and not together:
        yield Finding(
            at("vrrp", "sync-groups"),
            f"instances {' and '.join(instances)}, the gateway's two ends, may be on two directors",
            "A director forwards only where it has both: with one of them it receives what it cannot send on",
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
    if draft.gateway is None or not draft.gateway.snat:
        return
    low, high = SNAT_PORTS
    for name, service in draft.services.items():
        ports = service.clients_ports
        if draft.gateway.outside in service.vips and ports and ports.overlaps(PortRange(first=low, last=high)):
            yield Finding(
                at("services", name, "ports" if service.ports else "port"),
                f"port {ports} of {draft.gateway.outside}, as which the inside network is seen",
                f"Its connections leave from ports {low} to {high} of that address, and answers to one of them would "
                "go to the service",
                f"Choose a port outside {low} to {high}, or serve it on another virtual IP",
            )


def let_in_leads_inside(draft: Draft) -> Iterator[Finding]:
    """A rule for other hosts would let nothing in."""
    vip = draft.virtual_ips.get(draft.gateway.inside) if draft.gateway else None
    network = draft.networks.get(vip.network) if vip else None
    if draft.gateway is None or vip is None or network is None:
        return
    for name, rule in draft.gateway.let_in.items():
        where = at("gateway", "let-in", name)
        for index, destination in enumerate(rule.destinations):
            if not destination.subnet_of(network.cidr):
                yield Finding(
                    f"{where}.destinations[{index}]",
                    f"{destination} is not within {network.cidr} of network {vip.network}",
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
