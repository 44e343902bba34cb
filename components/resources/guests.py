"""What a guest is given: its files, its interfaces and its user data, as far as they are known.

Rendering is pure; here its arguments are waited for. Where every address is the operator's own, the files are known
in the first preview already.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

import pulumi

from components.config.stack import Delivery
from components.plan.hosts import Host
from components.plan.stack import StackPlan
from components.rendering.guest_files import guest_files
from components.rendering.user_data import user_data
from components.resources.ports import Ports


@dataclass(frozen=True)
class Guest:
    """``files`` by path, ``interfaces`` the MAC by network key; ``user_data`` is Nova's."""

    files: pulumi.Output[dict[str, str]]
    interfaces: pulumi.Output[dict[str, str]]
    user_data: pulumi.Input[str]


def render_guest(plan: StackPlan, host: Host, ports: Ports, vrrp_password: pulumi.Output[str] | None) -> Guest:
    """The guest of a host.

    Args:
        plan: the stack.
        host: one of its hosts.
        ports: the stack's ports as they came to be.
        vrrp_password: secret; it makes the files secret as a whole, since a diff of them would show it.
    """

    def files_of(known: Mapping[str, str], password: str | None) -> dict[str, str]:
        addresses = {port: IPv4Address(address) for port, address in known.items()}
        return guest_files(plan, host, addresses, password)

    addresses = pulumi.Output.all(**ports.addresses)
    if vrrp_password is None:
        files = addresses.apply(lambda known: files_of(known, None))
    else:
        files = pulumi.Output.all(addresses, vrrp_password).apply(lambda known: files_of(known[0], known[1]))
    interfaces = pulumi.Output.all(**{port.network: ports.macs[port.key] for port in host.ports})
    if plan.guests.delivery is Delivery.CHANNEL:
        return Guest(files, interfaces, user_data(plan, host, None, None))
    text = pulumi.Output.all(files, interfaces).apply(lambda known: user_data(plan, host, known[0], known[1]))
    return Guest(files, interfaces, text)
