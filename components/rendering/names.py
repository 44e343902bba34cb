"""How a guest finds names: what systemd-resolved is told.

DHCP tells of them too, and of name servers; systemd-networkd uses the servers alone, unless its files for each
interface say otherwise, and those are cloud-init's. Where another resolver is in use, it believes DHCP and never reads
this file.
"""

from collections.abc import Iterator

from components.plan.hosts import Host, Role
from components.plan.stack import StackPlan
from components.rendering.environment import render
from components.rendering.static_files import COMMON

RESOLVED = "/etc/systemd/resolved.conf.d/vipstack.conf"


def name_files(plan: StackPlan, host: Host) -> Iterator[tuple[str, str]]:
    """The file's path on the guest and its text; nothing for a guest that has nothing to say in it.

    A director says that it does not ask by multicast: see the template.
    """
    networks = [plan.network(port.network) for port in host.ports]
    domains = dict.fromkeys(network.search_domain for network in networks if network.search_domain)
    # systemd-resolved applies a domain to the servers that stand beside it, not to those of an interface.
    servers = dict.fromkeys(server for network in networks if network.search_domain for server in network.dns_servers)
    director = host.role is Role.DIRECTOR
    if domains or director:
        words = {"domains": " ".join(domains), "servers": " ".join(map(str, servers))}
        yield RESOLVED, render(COMMON, RESOLVED, director=director, **words)
