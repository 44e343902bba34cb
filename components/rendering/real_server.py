"""A real server's files: the virtual IPs that it has itself, silent in ARP, and the example web server's ports.

Only direct routing needs the first: with NAT, and behind a proxy, a real server sees its own address alone.
"""

from collections.abc import Iterator

from components.config.base import IPV4, IPAddress
from components.config.real_servers import ArpSilence, VipInterface, WebServer
from components.config.services import Protocol
from components.plan.forwarding import SAME_PORT, RealServer, VirtualServer, virtual_ips_on
from components.plan.hosts import Host, Role
from components.plan.stack import StackPlan
from components.rendering.environment import render

# The interface's name on the guest.
INTERFACE = {VipInterface.DUMMY: "eth-vip", VipInterface.LOOPBACK: "lo"}

# Where the example answers when no service asks for it.
_PLAIN_HTTP = 80


def real_server_files(plan: StackPlan, host: Host) -> Iterator[tuple[str, str]]:
    """Each file's path on the guest and its text."""
    virtual_ips = virtual_ips_on(host.key, plan.virtual_servers)
    if virtual_ips:
        yield from _virtual_ips(plan, virtual_ips)
    if plan.guests.web_server is WebServer.APACHE2:
        yield "/etc/apache2/ports.conf", _render("/etc/apache2/ports.conf", ports=sorted(_web_ports(plan, host)))


def _virtual_ips(plan: StackPlan, virtual_ips: tuple[IPAddress, ...]) -> Iterator[tuple[str, str]]:
    silent_by_sysctl = plan.guests.arp_silence is ArpSilence.SYSCTL
    if plan.guests.vip_interface is VipInterface.DUMMY:
        yield "/etc/modules-load.d/vipstack.conf", _render("/etc/modules-load.d/vipstack.conf")
    yield (
        "/etc/sysctl.d/90-vipstack.conf",
        _render("/etc/sysctl.d/90-vipstack.conf", silent_by_sysctl=silent_by_sysctl),
    )
    if not silent_by_sysctl:
        yield (
            "/etc/vipstack/arp-silence.rules",
            _render("/etc/vipstack/arp-silence.rules", virtual_ips=[vip for vip in virtual_ips if vip.version == IPV4]),
        )
    interface = INTERFACE[plan.guests.vip_interface]
    yield (
        "/etc/vipstack/eth-vip.conf",
        _render("/etc/vipstack/eth-vip.conf", virtual_ips=virtual_ips, interface=interface),
    )


def web_services(plan: StackPlan, host: Host) -> Iterator[tuple[VirtualServer, RealServer]]:
    """The services that the example web server of a host can serve, each with the host's part in it."""
    for server in plan.virtual_servers:
        if server.protocol is Protocol.TCP and host.key in server.by_host:
            yield server, server.by_host[host.key]


def _web_ports(plan: StackPlan, host: Host) -> set[int]:
    """Where it listens; of a range on the first port and the last, which is enough for an example."""
    ports: set[int] = set()
    for server, real in web_services(plan, host):
        ports |= {server.ports.first, server.ports.last} if real.port == SAME_PORT else {real.port}
    ports |= set(plan.load_balancer.ports_of(host.key) if plan.load_balancer else ())
    return ports or {_PLAIN_HTTP}


def _render(path: str, **values: object) -> str:
    return render(Role.REAL_SERVER, path, **values)
