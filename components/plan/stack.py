"""The whole plan of a stack, and the only door into this room: ``plan_stack``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from components.config.base import AnyRange, IPAddress
from components.config.cloud_profile import CloudProfile
from components.config.guests import OsFamily
from components.config.keepalived import DaemonConfig, GratuitousArpConfig, NotificationConfig
from components.config.real_servers import ArpSilence, VipInterface, WebServer
from components.config.stack import Delivery, StackConfig
from components.plan.bonds import plan_bonds
from components.plan.connection_sync import ConnectionSync, plan_connection_sync, with_notification
from components.plan.firewall import SecurityGroup
from components.plan.fleet import (
    plan_directors,
    plan_observer,
    plan_real_server_hosts,
    plan_security_groups,
)
from components.plan.forwarding import VirtualServer, followed_quorums, plan_virtual_servers
from components.plan.gateway import GatewayPlan, plan_gateway, routes_back
from components.plan.hosts import Host, Port, Role, address_key
from components.plan.load_balancer import LoadBalancer, followed_instances, plan_load_balancer
from components.plan.networks import NetworkPlan, plan_networks
from components.plan.policy_routing import PolicyRouting, moving_routes, plan_policy_routing
from components.plan.tags import plan_tags
from components.plan.vrrp import SyncGroup, VrrpInstance, plan_instances, plan_sync_groups, with_features


@dataclass(frozen=True)
class VirtualIp:
    """A virtual IP, reserved by an unbound port of this ``name``; ``instance`` is the VRRP instance that moves it."""

    key: str
    name: str
    network: str
    address: IPAddress
    instance: str
    floating_ip: str | None


@dataclass(frozen=True)
class GuestOptions:
    """What every guest shares: how it gets its files, packages and keys. ``os_family`` is the directors'."""

    delivery: Delivery
    keypair: str | None
    package_mirror: str | None
    ready_timeout: int
    arp_silence: ArpSilence
    vip_interface: VipInterface
    web_server: WebServer
    os_family: OsFamily


@dataclass(frozen=True)
class KeepalivedOptions:
    """What keepalived is told beside the instances, as the operator said it. ``router_id`` is a prefix."""

    router_id: str | None
    gratuitous_arp: GratuitousArpConfig
    notification: NotificationConfig | None
    daemon: DaemonConfig | None


@dataclass(frozen=True)
class StackPlan:
    """Everything that will be created, decided; tuples keep the stack file's order."""

    stack: str
    networks: tuple[NetworkPlan, ...]
    virtual_ips: tuple[VirtualIp, ...]
    instances: tuple[VrrpInstance, ...]
    sync_groups: tuple[SyncGroup, ...]
    virtual_servers: tuple[VirtualServer, ...]
    load_balancer: LoadBalancer | None
    gateway: GatewayPlan | None
    connection_sync: ConnectionSync | None
    security_groups: tuple[SecurityGroup, ...]
    hosts: tuple[Host, ...]
    policy_routing: PolicyRouting | None
    guests: GuestOptions
    keepalived: KeepalivedOptions
    cloud_profile: CloudProfile | None
    tags: tuple[str, ...]
    protected: bool

    def network(self, key: str) -> NetworkPlan:
        """The network of this key."""
        return next(network for network in self.networks if network.key == key)

    def hosts_of(self, role: Role) -> tuple[Host, ...]:
        """The hosts of a role, in order."""
        return tuple(host for host in self.hosts if host.role is role)


Addresses = Mapping[str, IPAddress]
"""The addresses of every port of the plan, by ``components.plan.hosts.address_key``."""


def plan_stack(stack: str, config: StackConfig) -> StackPlan:
    """Decide everything that the stack file leaves open.

    Args:
        stack: the stack's name; every name in the cloud starts with it.
        config: a stack file in which ``components.config.rules`` found nothing.
    """
    vips = config.virtual_ips
    directors = config.directors.keys
    instances = plan_instances(config.vrrp, {key: (vip.network, vip.address) for key, vip in vips.items()}, directors)
    routing = plan_policy_routing(config)
    instances = with_features(instances, moving_routes(config, routing))
    instances = with_features(instances, followed_instances(config))
    instance_of = {key: name for name, i in config.vrrp.instances.items() for key in i.virtual_ips}
    servers = config.real_servers
    virtual_servers = plan_virtual_servers(config.services, {key: vip.address for key, vip in vips.items()}, servers)
    groups = with_notification(plan_sync_groups(config.vrrp), config)
    instances = with_features(instances, followed_quorums(virtual_servers, instances, groups))
    return StackPlan(
        stack=stack,
        networks=plan_networks(stack, config.networks, plan_bonds(config), routes_back(config)),
        virtual_ips=tuple(
            VirtualIp(key, f"{stack}-{key}", vip.network, vip.address, instance_of[key], vip.floating_ip)
            for key, vip in vips.items()
        ),
        instances=instances,
        sync_groups=groups,
        virtual_servers=virtual_servers,
        load_balancer=plan_load_balancer(config),
        gateway=plan_gateway(config),
        connection_sync=plan_connection_sync(config),
        security_groups=plan_security_groups(stack, config),
        hosts=(
            *plan_directors(stack, config, instances),
            *plan_real_server_hosts(stack, config, virtual_servers),
            *plan_observer(stack, config),
        ),
        policy_routing=routing,
        guests=GuestOptions(
            delivery=config.delivery,
            keypair=config.keypair,
            package_mirror=config.package_mirror,
            ready_timeout=config.ready_timeout,
            arp_silence=servers.arp_silence if servers else ArpSilence.ARPTABLES,
            vip_interface=servers.vip_interface if servers else VipInterface.DUMMY,
            web_server=servers.web_server if servers else WebServer.NONE,
            os_family=config.directors.os_family,
        ),
        keepalived=KeepalivedOptions(
            router_id=config.vrrp.router_id,
            gratuitous_arp=config.vrrp.gratuitous_arp,
            notification=config.vrrp.notification,
            daemon=config.vrrp.daemon,
        ),
        cloud_profile=config.cloud_profile,
        tags=plan_tags(stack, config),
        protected=config.protected,
    )


def assumed_addresses(plan: StackPlan) -> dict[str, IPAddress]:
    """An address for every port and family: the operator's, else the next free one of its network's pools.

    Neutron chooses for itself; this is for looking at a guest's files without a cloud.
    """
    ports = [port for host in plan.hosts for port in host.ports]
    addresses = {key: address for port in ports for key, address in _wanted(port).items() if address}
    taken = {*addresses.values(), *(vip.address for vip in plan.virtual_ips)}
    free = {
        address_key(network.key, version): _pool_addresses(pools)
        for network in plan.networks
        for version, pools in ((4, network.allocation_pools), (6, network.ipv6.pools if network.ipv6 else ()))
    }
    for port in ports:
        for version, (key, address) in zip((4, 6), _wanted(port).items(), strict=False):
            if address is None:
                addresses[key] = next(a for a in free[address_key(port.network, version)] if a not in taken)
                taken.add(addresses[key])
    return addresses


def _wanted(port: Port) -> dict[str, IPAddress | None]:
    """The port's addresses as the operator fixed them, IPv4 first; None for what Neutron chooses."""
    found: dict[str, IPAddress | None] = {address_key(port.key, 4): port.address}
    if port.ipv6:
        found[address_key(port.key, 6)] = port.ipv6_address
    return found


def _pool_addresses(pools: Iterable[AnyRange]) -> Iterator[IPAddress]:
    for pool in pools:
        for number in range(int(pool.first), int(pool.last) + 1):
            yield type(pool.first)(number)
