"""What a guest is given: its files, its interfaces and its user data, as far as they are known.

Rendering is pure; here its arguments are waited for. Where every address is the operator's own, the files are known
in the first preview already.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import pulumi

from components.config.stack import Delivery
from components.config.stack_secrets import Secrets
from components.plan.hosts import Host
from components.plan.stack import StackPlan
from components.rendering.guest_files import guest_files
from components.rendering.user_data import user_data
from components.resources.ports import Ports
from components.resources.refusals import refusals


@dataclass(frozen=True)
class Guest:
    """``files`` by path, ``interfaces`` the MAC by network key; ``user_data`` is Nova's."""

    files: pulumi.Output[dict[str, str]]
    interfaces: pulumi.Output[dict[str, str]]
    user_data: pulumi.Input[str]


def render_guest(plan: StackPlan, host: Host, needed: Collection[str], ports: Ports, secrets: Secrets) -> Guest:
    """The guest of a host.

    Args:
        plan: the stack.
        host: one of its hosts.
        needed: the addresses that its files hold, by key: no others are waited for.
        ports: the stack's ports as they came to be.
        secrets: any of them makes the files secret as a whole, since a diff of them would show it.
    """

    def files_of(known: Mapping[str, str]) -> dict[str, str]:
        with refusals():
            addresses = {port: ip_address(address) for port, address in known.items()}
            return guest_files(plan, host, addresses, secrets)

    def user_data_of(known: Sequence[Mapping[str, str]]) -> str:
        with refusals():
            return user_data(plan, host, *known)

    known = {key: ports.addresses[key] for key in sorted(needed)}
    # Output.all() of nothing is a list.
    asked = pulumi.Output.all(**known) if known else pulumi.Output.from_input(dict[str, str]())
    files = asked.apply(files_of)
    if secrets:
        files = pulumi.Output.secret(files)
    nics = {port.network: port.key for port in host.ports} | {leg.interface: leg.key for leg in host.legs}
    interfaces = pulumi.Output.all(**{nic: ports.macs[key] for nic, key in nics.items()})
    if plan.guests.delivery is Delivery.CHANNEL:
        return Guest(files, interfaces, user_data(plan, host, None, None))
    return Guest(files, interfaces, pulumi.Output.all(files, interfaces).apply(user_data_of))
