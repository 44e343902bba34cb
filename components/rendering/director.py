"""A director's files: VRRP and virtual servers for keepalived, the guest's own packet filter, kernel settings.

What keepalived.conf says of VRRP is in ``vrrp.py``.
"""

from collections.abc import Iterator

from components.config.base import IPV4, IPV6
from components.config.guests import OsFamily
from components.config.schedulers import Scheduler
from components.config.services import Forwarding, IpvsTable
from components.plan.hosts import Feature, Host, Role
from components.plan.stack import Addresses, StackPlan
from components.rendering.environment import render
from components.rendering.packet_filter import RULESET, filtered_by_firewalld, packet_filter
from components.rendering.virtual_servers import table
from components.rendering.vrrp import arguments, peers_neighbours, vrrp_variables

# Where the family's keepalived.service looks for its command line, and in which variable.
COMMAND_LINE = {
    OsFamily.DEBIAN: ("/etc/default/keepalived", "DAEMON_ARGS"),
    OsFamily.REDHAT: ("/etc/sysconfig/keepalived", "KEEPALIVED_OPTIONS"),
}


def director_files(
    plan: StackPlan, host: Host, addresses: Addresses, vrrp_password: str | None
) -> Iterator[tuple[str, str]]:
    """Each file's path on the guest and its text."""
    by_keepalived = [server for server in plan.virtual_servers if server.table is IpvsTable.KEEPALIVED]
    static = [server for server in plan.virtual_servers if server.table is IpvsTable.STATIC]
    yield (
        "/etc/keepalived/keepalived.conf",
        _render(
            "/etc/keepalived/keepalived.conf",
            **vrrp_variables(plan, host, addresses, vrrp_password),
            tables=[table(server, addresses) for server in by_keepalived],
        ),
    )
    if plan.keepalived.daemon:
        path, variable = COMMAND_LINE[plan.guests.os_family]
        words = arguments(plan.keepalived.daemon)
        yield path, _render("/etc/default/keepalived", variable=variable, arguments=words)
    schedulers = sorted({server.scheduler for server in plan.virtual_servers})
    yield (
        "/etc/sysctl.d/90-vipstack.conf",
        _render(
            "/etc/sysctl.d/90-vipstack.conf",
            balances=bool(plan.virtual_servers),
            forwards=_translates(plan, IPV4),
            forwards_ipv6=_translates(plan, IPV6),
            stateless=Scheduler.MAGLEV_HASHING in schedulers,
            ipv6=any(instance.family == IPV6 for instance in plan.instances),
            peers=peers_neighbours(plan),
        ),
    )
    if schedulers:
        yield "/etc/modules-load.d/vipstack.conf", _render("/etc/modules-load.d/vipstack.conf", schedulers=schedulers)
    if static:
        tables = [table(server, addresses) for server in static]
        yield "/etc/vipstack/ipvs.rules", _render("/etc/vipstack/ipvs.rules", tables=tables)
    filtered = packet_filter(plan, host.ports, addresses)
    # A gateway's ruleset knows connections, and is the feature's.
    if filtered and not filtered_by_firewalld(plan) and Feature.GATEWAY not in host.features:
        yield RULESET[plan.guests.os_family], _render("/etc/nftables.conf", **filtered)


def _translates(plan: StackPlan, version: int) -> bool:
    """Whether real servers' replies of this family come back by the directors."""
    translated = [server for server in plan.virtual_servers if server.forwarding is Forwarding.NAT]
    return any(address.version == version for server in translated for address in server.addresses)


def _render(path: str, **values: object) -> str:
    return render(Role.DIRECTOR, path, **values)
