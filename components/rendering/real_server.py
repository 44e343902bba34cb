"""A real server's files: the virtual IPs on a dummy interface, silent in ARP, and the example web server's ports."""

from collections.abc import Iterator

from components.config.real_servers import ArpSilence, WebServer
from components.config.services import Protocol
from components.plan.hosts import Role
from components.plan.stack import StackPlan
from components.rendering.environment import render


def real_server_files(plan: StackPlan) -> Iterator[tuple[str, str]]:
    """Each file's path on the guest and its text; the same on every real server."""
    virtual_ips = list(dict.fromkeys(server.address for server in plan.virtual_servers))
    silent_by_sysctl = plan.guests.arp_silence is ArpSilence.SYSCTL
    yield "/etc/modules-load.d/vipstack.conf", _render("/etc/modules-load.d/vipstack.conf")
    yield (
        "/etc/sysctl.d/90-vipstack.conf",
        _render("/etc/sysctl.d/90-vipstack.conf", silent_by_sysctl=silent_by_sysctl),
    )
    if not silent_by_sysctl:
        yield (
            "/etc/vipstack/arp-silence.rules",
            _render("/etc/vipstack/arp-silence.rules", virtual_ips=virtual_ips),
        )
    yield "/etc/vipstack/eth-vip.conf", _render("/etc/vipstack/eth-vip.conf", virtual_ips=virtual_ips)
    if plan.guests.web_server is WebServer.APACHE2:
        ports = sorted({server.port for server in plan.virtual_servers if server.protocol is Protocol.TCP})
        yield "/etc/apache2/ports.conf", _render("/etc/apache2/ports.conf", ports=ports or [80])


def _render(path: str, **values: object) -> str:
    return render(Role.REAL_SERVER, path, **values)
