"""``services``: how far each way of forwarding reaches, and how replies come back."""

from collections.abc import Iterator

from components.config.base import IPV4
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.services import Forwarding, ServiceConfig


def direct_routing_stays_on_the_network(draft: Draft) -> Iterator[Finding]:
    """Direct routing changes only the MAC, so it reaches as far as the network does."""
    servers = draft.real_servers
    if servers is None or servers.network not in draft.networks:
        return
    for name, service in draft.services.items():
        if service.forwarding is not Forwarding.DIRECT_ROUTING:
            continue
        for key in dict.fromkeys(service.vips):
            vip = draft.virtual_ips.get(key)
            if vip and vip.network in draft.networks and vip.network != servers.network:
                yield Finding(
                    at("services", name, "forwarding"),
                    f"the real servers are on network {servers.network}, virtual IP {key} on {vip.network}",
                    "Direct routing changes only a packet's MAC address, so real servers are on the virtual IP's "
                    "network",
                    f"Set {at('real-servers', 'network')} to {vip.network}, choose a virtual IP on {servers.network}, "
                    "or forward by nat",
                )


def direct_routing_keeps_the_port(draft: Draft) -> Iterator[Finding]:
    """The packet arrives as it was sent, whatever port the table names."""
    for name, service in draft.services.items():
        allowed = "Direct routing changes nothing in a packet but its MAC address"
        if service.real_port is not None and service.forwarding is Forwarding.DIRECT_ROUTING:
            yield Finding(
                at("services", name, "real-port"),
                f"port {service.real_port} with direct routing",
                f"{allowed}, so real servers listen on the service's own port",
                "Remove the key, or forward by nat",
            )
        sorry, ports = service.sorry_server, service.clients_ports
        direct = ((sorry and sorry.forwarding) or service.forwarding) is Forwarding.DIRECT_ROUTING
        or_nat = ", or say forwarding: nat for the sorry server" if service.forwarding is Forwarding.NAT else ""
        if sorry and sorry.port is not None and direct and ports and service.port != sorry.port:
            yield Finding(
                at("services", name, "sorry-server", "port"),
                f"port {sorry.port} with direct routing",
                f"{allowed}, so the sorry server listens on the service's own port {ports}",
                f"Remove the key{or_nat}",
            )


def a_range_keeps_its_ports(draft: Draft) -> Iterator[Finding]:
    """One real port for many would make them one service."""
    for name, service in draft.services.items():
        if service.ports and service.real_port is not None:
            yield Finding(
                at("services", name, "real-port"),
                f"all of the ports {service.ports} would become {service.real_port}",
                "A range is forwarded port by port, so the real servers listen on the same ports",
                "Remove the key, or give the service one port",
            )


def nat_networks(draft: Draft) -> frozenset[str]:
    """The networks from which replies must come back by the directors."""
    servers = draft.real_servers
    nat = any(Forwarding.NAT in service.ways for service in draft.services.values())
    return frozenset({servers.network} if servers and nat else ())


def nat_clients_are_elsewhere(draft: Draft) -> Iterator[Finding]:
    """Whoever is on the real servers' network is answered without the director that translated the request."""
    servers = draft.real_servers
    if servers is None:
        return
    for name, service in draft.services.items():
        for key in dict.fromkeys(service.vips):
            vip = draft.virtual_ips.get(key)
            if Forwarding.NAT in service.ways and vip and vip.network == servers.network:
                yield Finding(
                    _where_nat_is(name, service),
                    f"virtual IP {key} is on network {vip.network}, as the real servers are",
                    "With nat a reply must pass the director that translated the request, and to a client on its own "
                    "network a server replies directly",
                    "Serve it on a virtual IP of another network, or forward by direct-routing",
                )


def _where_nat_is(name: str, service: ServiceConfig) -> str:
    sorry = "" if service.forwarding is Forwarding.NAT else "sorry-server."
    return f"{at('services', name)}.{sorry}forwarding"


def nat_comes_back(draft: Draft) -> Iterator[Finding]:
    """A reply that misses the director reaches the client from an address that it never spoke to."""
    servers = draft.real_servers
    network = draft.networks.get(servers.network) if servers else None
    if servers is None or network is None or not draft.is_complete("virtual-ips"):
        return
    for name, service in draft.services.items():
        if Forwarding.NAT not in service.ways:
            continue
        where = _where_nat_is(name, service)
        for version in _families(draft, service, servers.network):
            subnet = network.subnet_of(version)
            here = [
                vip.address
                for vip in draft.virtual_ips.values()
                if vip.network == servers.network and vip.address.version == version
            ]
            if subnet is None:
                yield Finding(
                    where,
                    f"a virtual IP of it is an IPv6 address, and the real servers' network {servers.network} has IPv4 "
                    "alone",
                    "IPVS hands a packet to a real server of the packet's own family",
                    f"Add {at('networks', servers.network, 'ipv6')}: {{ cidr: ... }}, or choose an IPv4 virtual IP",
                )
            elif subnet.gateway not in here:
                candidate = f"{here[0]}, a virtual IP there" if here else "a virtual IP that you add there"
                yield Finding(
                    where,
                    f"the real servers' replies leave network {servers.network} by {subnet.gateway}, which is no "
                    "virtual IP",
                    "With nat a reply must pass the director that translated the request, or the client gets it from "
                    "an address that it never spoke to",
                    f"Set {at('networks', servers.network, *subnet.path, 'gateway')} to {candidate}, or forward by "
                    "direct-routing",
                )


def _families(draft: Draft, service: ServiceConfig, own: str) -> tuple[int, ...]:
    """Those of a service's virtual IPs that are not on the real servers' ``own`` network; IPv4 where none is known."""
    known = [draft.virtual_ips[key] for key in service.vips if key in draft.virtual_ips]
    elsewhere = (vip.address.version for vip in known if vip.network != own)
    return tuple(dict.fromkeys(elsewhere if known else [IPV4]))


def nat_moves_together(draft: Draft) -> Iterator[Finding]:
    """Two masters would each see one half of the connections."""
    servers = draft.real_servers
    network = draft.networks.get(servers.network) if servers else None
    if servers is None or network is None or draft.vrrp is None or not draft.is_complete("vrrp"):
        return
    gateways = {subnet.gateway: subnet.cidr.version for subnet in network.subnets}
    instance_of = {key: name for name, instance in draft.instances.items() for key in instance.virtual_ips}
    group_of = {name: group for group, names in draft.vrrp.sync_groups.items() for name in names}
    inside_of = {
        gateways[vip.address]: instance_of[key]
        for key, vip in draft.virtual_ips.items()
        if vip.network == servers.network and vip.address in gateways and key in instance_of
    }
    for name, service in draft.services.items():
        if service.forwarding is not Forwarding.NAT:
            continue
        for key in dict.fromkeys(key for key in service.vips if key in draft.virtual_ips):
            inside, outside = inside_of.get(draft.virtual_ips[key].address.version), instance_of.get(key)
            if inside is None or outside in (None, inside) or group_of.get(outside, "") == group_of.get(inside):
                continue
            yield Finding(
                at("services", name, "forwarding"),
                f"virtual IP {key} moves with instance {outside}, the real servers' gateway with instance {inside}",
                "With nat a request and its reply pass one director, so both are always on it together",
                f"Add {at('vrrp', 'sync-groups')}: {{ {outside}: [{outside}, {inside}] }}",
            )
