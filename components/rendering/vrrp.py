"""VRRP in keepalived's words: what keepalived.conf says of instances, their groups and what they track.

Deliberately decides nothing (components/plan/vrrp.py, tracking.py) and writes no file: ``director.py`` does.
"""

from dataclasses import dataclass

from components.config.base import IPAddress
from components.config.keepalived import DaemonConfig
from components.plan.hosts import Host, address_key
from components.plan.stack import Addresses, StackPlan
from components.plan.tracking import VirtualRoute, VirtualRule
from components.plan.vrrp import VrrpInstance

# Below this interval keepalived's VRRP process needs real-time priority: measured at 0.1 s with busy guests, one false
# failover in two minutes without it and none with it. At whole seconds nothing was gained.
REAL_TIME_BELOW = 1.0


@dataclass(frozen=True)
class Peers:
    """An instance as one director sees it: its own address on the peers' network and the others'.

    ``nic`` is that of the peers' network, ``tracked`` the virtual IPs' where that is another. ``virtual_ips``,
    ``routes`` and ``rules`` are the lines of their blocks.
    """

    instance: VrrpInstance
    nic: str
    priority: int
    address: IPAddress
    peers: tuple[IPAddress, ...]
    tracked: str | None
    virtual_ips: tuple[str, ...]
    routes: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Neighbours:
    """A table in which the kernel of a director keeps its peers: the folder of its settings, and the NIC."""

    protocol: str
    nic: str


def vrrp_variables(plan: StackPlan, host: Host, addresses: Addresses, password: str | None) -> dict[str, object]:
    """The template's variables, as far as they are VRRP's."""
    prefix = plan.keepalived.router_id
    instances = [_peers(plan, instance, host, addresses) for instance in plan.instances]
    return {
        "router_id": f"{prefix}-{host.key}" if prefix else host.name,
        "gratuitous_arp": plan.keepalived.gratuitous_arp,
        "notification": plan.keepalived.notification,
        "version": plan.instances[0].version,
        "real_time": any(instance.advert_interval < REAL_TIME_BELOW for instance in plan.instances),
        "own_routes": [_own_route(plan, route) for route in plan.gateway.own_routes] if plan.gateway else [],
        "processes": list(dict.fromkeys(process for instance in plan.instances for process in instance.processes)),
        "files": list(dict.fromkeys(file for instance in plan.instances for file in instance.files)),
        "sync_groups": plan.sync_groups,
        "instances": instances,
        "advert_nics": list(dict.fromkeys(peers.nic for peers in instances)),
        "password": password,
    }


def peers_neighbours(plan: StackPlan) -> list[Neighbours]:
    """The tables that adverts need, each once."""
    tables = (
        Neighbours(f"ipv{instance.family}", plan.network(instance.peer_network).interface)
        for instance in plan.instances
    )
    return list(dict.fromkeys(tables))


def arguments(daemon: DaemonConfig) -> str:
    """The daemon's command line, beside what its unit says."""
    words = ["--log-detail"] if daemon.log_detail else []
    if daemon.syslog_facility is not None:
        words.append(f"--log-facility={daemon.syslog_facility}")
    return " ".join(words)


def _peers(plan: StackPlan, instance: VrrpInstance, host: Host, addresses: Addresses) -> Peers:
    over = instance.peer_network

    def address_of(director: str) -> IPAddress:
        return addresses[address_key(f"{director}-{over}", instance.family)]

    return Peers(
        instance=instance,
        nic=plan.network(over).interface,
        priority=instance.priority(host.key),
        address=address_of(host.key),
        peers=tuple(address_of(key) for key in instance.directors if key != host.key),
        tracked=plan.network(instance.network).interface if instance.network != over else None,
        virtual_ips=tuple(_virtual_ip(plan, instance, vip) for vip in instance.virtual_ips),
        routes=tuple(_route(plan, route) for route in instance.routes),
        rules=tuple(_rule(rule) for rule in instance.rules),
    )


def _virtual_ip(plan: StackPlan, instance: VrrpInstance, vip: IPAddress) -> str:
    """A line of virtual_ipaddress: ip-address(8)'s words, as keepalived takes them.

    Where adverts travel elsewhere the line names the NIC, and asks for the virtual MAC's interface on that one.
    """
    words, nic = [str(vip)], plan.network(instance.network).interface
    if instance.peer_network != instance.network:
        words.append(f"dev {nic} use_vmac" if instance.virtual_mac else f"dev {nic}")
    if instance.label:
        words.append(f"label {nic}:{instance.label}")
    return " ".join(words)


def _route(plan: StackPlan, route: VirtualRoute) -> str:
    """A line of virtual_routes: ip-route(8)'s words, as keepalived takes them."""
    words = [f"src {route.source} to {route.destination}" if route.source else str(route.destination)]
    if route.gateway:
        words.append(f"via {route.gateway}")
    words.append(f"dev {plan.network(route.network).interface}")
    if route.table is not None:
        words.append(f"table {route.table}")
    return " ".join(words)


def _own_route(plan: StackPlan, route: VirtualRoute) -> str:
    """A line of static_routes.

    A NIC that goes down takes its routes and its IPv6 addresses along. keepalived restores the routes as soon as the
    NIC is up, which is before it has an address again: without ``onlink`` the kernel would refuse the gateway then.
    """
    return f"{_route(plan, route)} onlink"


def _rule(rule: VirtualRule) -> str:
    """A line of virtual_rules: ip-rule(8)'s words, as keepalived takes them."""
    words = [f"from {rule.source}"] if rule.source else []
    if rule.destination:
        words.append(f"to {rule.destination}")
    return " ".join([*words, f"table {rule.table}", f"priority {rule.priority}"])
