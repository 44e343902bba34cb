"""The fleet: every host of the stack with its ports, rules and pairs, role by role."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_network

from components.config.base import IPV6, PortRange
from components.config.guests import GuestConfig, Placement, PortSecurity, ServerConfig
from components.config.real_servers import RealServersConfig
from components.config.services import Protocol, forwarding_networks
from components.config.stack import StackConfig
from components.plan import bonds, firewall, load_balancer
from components.plan.connection_sync import sync_rules
from components.plan.features import director_features
from components.plan.firewall import IngressRule, SecurityGroup
from components.plan.forwarding import VirtualServer, virtual_ips_on
from components.plan.gateway import gateway_networks, plan_gateway
from components.plan.hosts import AddressPair, Host, Port, Role
from components.plan.vrrp import VrrpInstance, advert_networks


def plan_security_groups(stack: str, config: StackConfig) -> tuple[SecurityGroup, ...]:
    """A group for each role that has ports with port security on.

    With ``port-security: stateless`` every group of the stack is stateless: OVN filters a whole network statefully as
    soon as one of its ports has a stateful group.
    """
    forwarding = _forwarding_networks(config)
    disabled = config.directors.port_security is PortSecurity.DISABLED
    roles: list[tuple[Role, tuple[IngressRule, ...]]] = []
    if any(not (disabled and nic.network in forwarding) for nic in config.directors.nics):
        roles.append((Role.DIRECTOR, director_rules(config, network=None)))
    if config.real_servers and config.real_servers.own_keys:
        roles.append((Role.REAL_SERVER, real_server_rules(config, config.real_servers)))
    if config.observer and config.observer.enabled:
        roles.append((Role.OBSERVER, (firewall.icmp(), *firewall.ssh(config.observer.ssh_from))))
    stateless = bool(forwarding) and config.directors.port_security is PortSecurity.STATELESS
    answers = firewall.answers() if stateless else ()
    on = _networks_of_roles(config)
    return tuple(
        SecurityGroup(
            key=role.value,
            name=f"{stack}-{role.value}",
            stateful=not stateless,
            rules=of_families(config, (*rules, *answers), on[role]),
        )
        for role, rules in roles
    )


def _forwarding_networks(config: StackConfig) -> frozenset[str]:
    """The networks on which directors send packets of others."""
    return forwarding_networks(config.services, config.virtual_ips, config.real_servers) | gateway_networks(config)


def ipv6_networks(config: StackConfig) -> frozenset[str]:
    """The networks that have IPv6."""
    return frozenset(key for key, network in config.networks.items() if network.ipv6)


def of_families(
    config: StackConfig, rules: tuple[IngressRule, ...], networks: Iterable[str]
) -> tuple[IngressRule, ...]:
    """The rules of ports on these networks, for IPv6 too where one of them has it."""
    dual = ipv6_networks(config).intersection(networks)
    if not dual:
        return rules
    spoken = any(vip.address.version == IPV6 for vip in config.virtual_ips.values())
    peers = frozenset(f"{key}-{network}" for network in dual for key in config.directors.keys if spoken)
    return (*rules, *firewall.over_ipv6(rules, peers))


def _networks_of_roles(config: StackConfig) -> dict[Role, tuple[str, ...]]:
    return {
        Role.DIRECTOR: tuple(nic.network for nic in config.directors.nics),
        Role.REAL_SERVER: (config.real_servers.network,) if config.real_servers else (),
        Role.OBSERVER: (config.observer.network,) if config.observer else (),
    }


def director_rules(config: StackConfig, network: str | None) -> tuple[IngressRule, ...]:
    """What directors let in: VRRP from the peers on one network (None: on all), services, ICMP, declared SSH."""
    keys = config.directors.keys
    spoken = advert_networks(config.vrrp, {key: vip.network for key, vip in config.virtual_ips.items()})
    nics = (nic.network for nic in config.directors.nics if network in (None, nic.network))
    networks = [name for name in nics if name in spoken]
    peers = tuple(f"{key}-{name}" for name in networks for key in keys)
    return (
        *firewall.vrrp(peers),
        *(sync_rules(config) if config.connection_sync and config.connection_sync.network in networks else ()),
        *_services(_served(config)),
        *load_balancer.director_rules(config, network),
        firewall.icmp(),
        *firewall.ssh(config.directors.ssh_from),
    )


def real_server_rules(config: StackConfig, servers: RealServersConfig) -> tuple[IngressRule, ...]:
    """What real servers let in: the services (from the clients' own addresses), a load balancer, ICMP, declared SSH."""
    listening = _services((service.protocol, service.real_ports) for service in config.services.values())
    return (
        *listening,
        *load_balancer.real_server_rules(config),
        firewall.icmp(),
        *firewall.ssh(servers.ssh_from),
    )


def _services(served: Iterable[tuple[Protocol, PortRange | None]]) -> tuple[IngressRule, ...]:
    ports = {(protocol.value, ports.first, ports.last) for protocol, ports in served if ports}
    return tuple(firewall.service(kind, PortRange(first=first, last=last)) for kind, first, last in sorted(ports))


def _served(config: StackConfig) -> Iterator[tuple[Protocol, PortRange | None]]:
    """Where clients connect to the directors."""
    for service in config.services.values():
        yield service.protocol, service.clients_ports
    for frontend in config.haproxy.frontends.values() if config.haproxy else ():
        yield from ((Protocol.TCP, PortRange(first=bind.port, last=bind.port)) for bind in frontend.bind)


def plan_directors(stack: str, config: StackConfig, instances: tuple[VrrpInstance, ...]) -> Iterator[Host]:
    """The directors, each with a port on every NIC's network."""
    keys = config.directors.keys
    forwarding = _forwarding_networks(config)
    dual = ipv6_networks(config)
    gateway = plan_gateway(config)
    features = director_features(config)
    for index, key in enumerate(keys):
        ports: list[Port] = []
        for nic in config.directors.nics:
            address = nic.addresses[index] if nic.addresses else None
            floating = config.directors.floating_ips if nic is config.directors.nics[0] else None
            open_port = nic.network in forwarding and config.directors.port_security is PortSecurity.DISABLED
            # A load balancer filters for itself, too, behind the cloud's security groups.
            filters = open_port or config.haproxy is not None
            peers = tuple(f"{peer}-{nic.network}" for peer in keys if peer != key)
            rules = tuple(
                rule
                for rule in director_rules(config, nic.network)
                if not isinstance(rule.remote, firewall.PortAddress) or rule.remote.port in peers
            )
            # The gateway's ruleset knows connections, so it tells answers by these.
            answers = () if gateway else firewall.answers()
            ports.append(
                Port(
                    key=f"{key}-{nic.network}",
                    name=f"{stack}-{key}-{nic.network}",
                    network=nic.network,
                    address=address,
                    security=not open_port,
                    security_groups=() if open_port else (Role.DIRECTOR.value,),
                    pairs=() if open_port else director_pairs(nic.network, instances, forwarding),
                    guest_rules=of_families(config, (*rules, *answers), [nic.network]) if filters else (),
                    floating_ip=floating,
                    ipv6=nic.network in dual,
                    ipv6_address=nic.ipv6_addresses[index] if nic.ipv6_addresses else None,
                    # A gateway's own way out is its outside network; by the inside one it would ask itself.
                    way_out=gateway is None or nic.network == gateway.outside,
                    legs=bonds.plan_legs(f"{key}-{nic.network}", stack, nic),
                )
            )
        host = _host(stack, key, Role.DIRECTOR, config.directors, config.directors.placement, ports)
        yield replace(host, features=features)


def director_pairs(
    network: str, instances: tuple[VrrpInstance, ...], forwarding: frozenset[str]
) -> tuple[AddressPair, ...]:
    """The pairs of a director's port.

    Each VIP with the virtual MAC (who answers ARP) *and* with the port's own (replies leave by the base interface);
    where packets are forwarded also 0.0.0.0/0 (and ::/0), since they carry their clients' addresses. A link-local
    address is never sent from by another interface than its own.
    """
    pairs: list[AddressPair] = []
    for instance in instances:
        if instance.network != network:
            continue
        for vip in instance.virtual_ips:
            if instance.virtual_mac:
                pairs.append(AddressPair(ip_network(vip), instance.virtual_mac))
            if not (instance.virtual_mac and vip.is_link_local):
                pairs.append(AddressPair(ip_network(vip)))
    if network in forwarding:
        pairs.append(AddressPair(firewall.ANYWHERE))
        if any(instance.family == IPV6 for instance in instances):
            pairs.append(AddressPair(firewall.ANYWHERE6))
    return tuple(pairs)


def plan_real_server_hosts(stack: str, config: StackConfig, services: tuple[VirtualServer, ...]) -> Iterator[Host]:
    """The real servers that are ours; with direct routing they answer clients from the virtual IPs, so they may."""
    servers = config.real_servers
    if servers is None:
        return
    behind = _way(config, servers.network)
    for key in servers.own_keys:
        own = servers.servers.get(key)
        port = _simple_port(stack, key, Role.REAL_SERVER, servers.network, own.address if own else None, servers)
        port = _with_ipv6(port, config, own.ipv6_address if own else None)
        pairs = tuple(AddressPair(ip_network(vip)) for vip in virtual_ips_on(key, services))
        host = _host(stack, key, Role.REAL_SERVER, servers, servers.placement, [_with_pairs(port, pairs)])
        yield replace(host, behind=behind)


def plan_observer(stack: str, config: StackConfig) -> Iterator[Host]:
    """The observer, where there is one."""
    observer = config.observer
    if observer and observer.enabled:
        key = Role.OBSERVER.value
        port = _simple_port(stack, key, Role.OBSERVER, observer.network, observer.address, observer)
        port = _with_ipv6(port, config, observer.ipv6_address)
        host = _host(stack, key, Role.OBSERVER, observer, Placement.NONE, [port])
        yield replace(host, behind=_way(config, observer.network))


def _way(config: StackConfig, network: str) -> tuple[str, ...]:
    """The directors, for a host whose gateway they are."""
    gateway = plan_gateway(config)
    return config.directors.keys if gateway and gateway.inside == network else ()


def _simple_port(  # noqa: PLR0913 - a port's own facts, each named once
    stack: str, key: str, role: Role, network: str, address: IPv4Address | None, config: GuestConfig
) -> Port:
    return Port(
        key=f"{key}-{network}",
        name=f"{stack}-{key}-{network}",
        network=network,
        address=address,
        security=True,
        security_groups=(role.value,),
        pairs=(),
        floating_ip=config.floating_ips,
    )


def _with_pairs(port: Port, pairs: tuple[AddressPair, ...]) -> Port:
    return replace(port, pairs=pairs)


def _with_ipv6(port: Port, config: StackConfig, address: IPv6Address | None) -> Port:
    return replace(port, ipv6=port.network in ipv6_networks(config), ipv6_address=address)


def _host(  # noqa: PLR0913 - as above
    stack: str,
    key: str,
    role: Role,
    config: ServerConfig | RealServersConfig,
    placement: Placement,
    ports: list[Port],
) -> Host:
    if config.image is None or config.flavor is None:
        raise ValueError("a server without image or flavor, which the rules refuse")
    return Host(
        key=key,
        name=f"{stack}-{key}",
        role=role,
        image=config.image,
        flavor=config.flavor,
        availability_zone=config.availability_zone,
        placement=None if placement is Placement.NONE else placement.value,
        ports=tuple(ports),
    )
