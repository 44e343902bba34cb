"""A director's files: VRRP and virtual servers for keepalived, the guest's own packet filter, kernel settings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from components.config.services import Forwarding, HttpCheck, IpvsTable, Protocol
from components.plan.forwarding import VirtualServer
from components.plan.hosts import Host, Role
from components.plan.stack import StackPlan
from components.plan.vrrp import VrrpInstance
from components.rendering.environment import render
from components.rendering.packet_filter import packet_filter

# IPVS's words for forwarding: keepalived.conf(5) and ipvsadm(8).
LVS_KIND = {Forwarding.DIRECT_ROUTING: "DR"}
IPVSADM_METHOD = {Forwarding.DIRECT_ROUTING: "-g"}
IPVSADM_SERVICE = {Protocol.TCP: "-t", Protocol.UDP: "-u"}

# Below this interval keepalived's VRRP process needs real-time priority: measured at 0.1 s with busy guests, one false
# failover in two minutes without it and none with it. At whole seconds nothing was gained.
REAL_TIME_BELOW = 1.0

# How long, in seconds, a director that returns waits before it takes its virtual IPs back: its health checks must have
# put the real servers into the table again, else every connection in between is refused.
PREEMPT_DELAY = 10


@dataclass(frozen=True)
class Peers:
    """An instance as one director sees it: its own address on the network and the others'."""

    instance: VrrpInstance
    nic: str
    priority: int
    address: IPv4Address
    peers: tuple[IPv4Address, ...]


@dataclass(frozen=True)
class Destination:
    """A real server at its address."""

    address: IPv4Address
    weight: int


@dataclass(frozen=True)
class Table:
    """A virtual server in IPVS's words. ``check`` is the name of keepalived's checker."""

    server: VirtualServer
    kind: str
    method: str
    service: str
    check: str
    path: str
    destinations: tuple[Destination, ...]


def director_files(
    plan: StackPlan, host: Host, addresses: Mapping[str, IPv4Address], vrrp_password: str | None
) -> Iterator[tuple[str, str]]:
    """Each file's path on the guest and its text."""
    instances = [_peers(plan, instance, host, addresses) for instance in plan.instances]
    tables = [_table(server, addresses) for server in plan.virtual_servers]
    yield (
        "/etc/keepalived/keepalived.conf",
        _render(
            "/etc/keepalived/keepalived.conf",
            router_id=f"{plan.guests.router_id}-{host.key}" if plan.guests.router_id else host.name,
            version=plan.instances[0].version,
            real_time=any(instance.advert_interval < REAL_TIME_BELOW for instance in plan.instances),
            instances=instances,
            preempt_delay=PREEMPT_DELAY,
            password=vrrp_password,
            tables=[table for table in tables if table.server.table is IpvsTable.KEEPALIVED],
        ),
    )
    yield "/etc/sysctl.d/90-vipstack.conf", _render("/etc/sysctl.d/90-vipstack.conf")
    if tables:
        schedulers = sorted({table.server.scheduler.value for table in tables})
        yield "/etc/modules-load.d/vipstack.conf", _render("/etc/modules-load.d/vipstack.conf", schedulers=schedulers)
    static = [table for table in tables if table.server.table is IpvsTable.STATIC]
    if static:
        yield "/etc/vipstack/ipvs.rules", _render("/etc/vipstack/ipvs.rules", tables=static)
    if any(not port.security for port in host.ports):
        yield "/etc/nftables.conf", _render("/etc/nftables.conf", **packet_filter(plan, host.ports, addresses))


def _render(path: str, **values: object) -> str:
    return render(Role.DIRECTOR, path, **values)


def _peers(plan: StackPlan, instance: VrrpInstance, host: Host, addresses: Mapping[str, IPv4Address]) -> Peers:
    return Peers(
        instance=instance,
        nic=plan.network(instance.network).interface,
        priority=instance.priority(host.key),
        address=addresses[host.port_on(instance.network).key],
        peers=tuple(addresses[f"{key}-{instance.network}"] for key in instance.directors if key != host.key),
    )


def _table(server: VirtualServer, addresses: Mapping[str, IPv4Address]) -> Table:
    http = isinstance(server.check, HttpCheck)
    # A TCP connection says nothing about a UDP service: there the port is asked by UDP, where a refusal (ICMP port
    # unreachable) means that nobody listens.
    transport = "UDP_CHECK" if server.protocol is Protocol.UDP else "TCP_CHECK"
    return Table(
        server=server,
        kind=LVS_KIND[server.forwarding],
        method=IPVSADM_METHOD[server.forwarding],
        service=IPVSADM_SERVICE[server.protocol],
        check="HTTP_GET" if http else transport,
        path=server.check.path.replace('"', "%22") if isinstance(server.check, HttpCheck) else "",
        destinations=tuple(Destination(addresses[real.port], real.weight) for real in server.real_servers),
    )
