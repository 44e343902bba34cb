"""A director's files: VRRP and virtual servers for keepalived, the guest's own packet filter, kernel settings.

What keepalived.conf says of VRRP is in ``vrrp.py``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from components.config.base import IPAddress
from components.config.services import Forwarding, HttpCheck, IpvsTable, Protocol
from components.plan.forwarding import VirtualServer
from components.plan.hosts import Host, Role, address_key
from components.plan.stack import Addresses, StackPlan
from components.rendering.environment import render
from components.rendering.packet_filter import packet_filter
from components.rendering.vrrp import vrrp_variables

# IPVS's words for forwarding: keepalived.conf(5) and ipvsadm(8).
LVS_KIND = {Forwarding.DIRECT_ROUTING: "DR"}
IPVSADM_METHOD = {Forwarding.DIRECT_ROUTING: "-g"}
IPVSADM_SERVICE = {Protocol.TCP: "-t", Protocol.UDP: "-u"}


@dataclass(frozen=True)
class Destination:
    """A real server at its address."""

    address: IPAddress
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
    plan: StackPlan, host: Host, addresses: Addresses, vrrp_password: str | None
) -> Iterator[tuple[str, str]]:
    """Each file's path on the guest and its text."""
    tables = [_table(server, addresses) for server in plan.virtual_servers]
    yield (
        "/etc/keepalived/keepalived.conf",
        _render(
            "/etc/keepalived/keepalived.conf",
            **vrrp_variables(plan, host, addresses, vrrp_password),
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


def _table(server: VirtualServer, addresses: Addresses) -> Table:
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
        destinations=tuple(
            Destination(addresses[address_key(real.port, server.address.version)], real.weight)
            for real in server.real_servers
        ),
    )
