"""The files by which directors tell one another of their connections: conntrackd's, and the tunnel of IPVS's daemon."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from components.config.base import IPV6, IPAddress
from components.plan.connection_sync import TRACKING_PORT, TUNNEL_PORT, ConnectionSync
from components.plan.hosts import Feature, Host, address_key, planned
from components.plan.stack import Addresses, StackPlan
from components.rendering.environment import render


def connection_sync_files(plan: StackPlan, host: Host, addresses: Addresses) -> Iterator[tuple[str, str]]:
    """Each file's path on the guest and its text."""
    sync = planned(plan.connection_sync, Feature.CONNECTION_SYNC)
    own = {
        "address": addresses[host.port_on(sync.network).key],
        "nic": plan.network(sync.network).interface,
    }
    peers = [addresses[port] for port in sync.peers(host.key)]
    yield (
        "/etc/sysctl.d/91-vipstack-connection-sync.conf",
        _render("/etc/sysctl.d/91-vipstack-connection-sync.conf", tracking=sync.tracking, balancing=sync.balancing),
    )
    if sync.tracking:
        yield (
            "/etc/conntrackd/conntrackd.conf",
            _render(
                "/etc/conntrackd/conntrackd.conf",
                **own,
                peer=peers[0],
                port=TRACKING_PORT,
                ignored=_directors_own(plan, sync, addresses),
                ipv6=plan.gateway is not None and plan.gateway.forwards(IPV6),
            ),
        )
    if sync.balancing:
        yield (
            "/etc/vipstack/ipvs-sync.conf",
            _render(
                "/etc/vipstack/ipvs-sync.conf",
                **own,
                port=TUNNEL_PORT,
                tunnel_address=sync.tunnel_address(host.key),
                peers=peers,
            ),
        )


def _directors_own(plan: StackPlan, sync: ConnectionSync, addresses: Addresses) -> list[IPAddress]:
    """The addresses that mark a connection as a director's own: those of its NICs and the virtual IPs.

    A forwarded connection has none of them at its two ends: the virtual IP is only what its source is changed to.
    """
    ports = [port for host in plan.hosts if host.key in sync.directors for port in host.ports]
    six = [addresses[address_key(port.key, IPV6)] for port in ports if port.ipv6]
    return [
        IPv4Address("127.0.0.1"),
        *(addresses[port.key] for port in ports),
        *([IPv6Address("::1"), *six] if six else []),
        *(vip.address for vip in plan.virtual_ips),
    ]


def _render(path: str, **values: object) -> str:
    return render(Feature.CONNECTION_SYNC, path, **values)
