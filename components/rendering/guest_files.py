"""Every file that a guest gets as data of the stack, by its path: the one door for whoever delivers them.

Files hold the word ``@nic:<network>@`` where an interface's name belongs; the guest knows it, and puts it in.
"""

from components.plan.hosts import Host, Role
from components.plan.stack import Addresses, StackPlan
from components.rendering import expectations
from components.rendering.director import director_files
from components.rendering.features import feature_files
from components.rendering.real_server import real_server_files


def guest_files(plan: StackPlan, host: Host, addresses: Addresses, vrrp_password: str | None) -> dict[str, str]:
    """The guest's files, sorted by path.

    Args:
        plan: the stack's plan.
        host: the guest, one of the plan's hosts.
        addresses: the address of every port of the plan, by the port's key.
        vrrp_password: of VRRPv2; None for none. It stands in a director's keepalived.conf as it is.
    """
    files: dict[str, str] = {}
    if host.role is Role.DIRECTOR:
        files.update(director_files(plan, host, addresses, vrrp_password))
    elif host.role is Role.REAL_SERVER:
        files.update(real_server_files(plan, host))
    files.update(feature_files(plan, host, addresses))
    files[expectations.PATH] = expectations.expectations(plan, host, addresses, files)
    return dict(sorted(files.items()))
