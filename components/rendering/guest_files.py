"""Every file that a guest gets as data of the stack, by its path: the one door for whoever delivers them.

Files hold the word ``@nic:<network>@`` where an interface's name belongs; the guest knows it, and puts it in.
"""

from collections.abc import Iterator, Mapping

from components.config.base import IPAddress
from components.config.stack_secrets import NO_SECRETS, Secrets
from components.plan.hosts import Feature, Host, Role
from components.plan.stack import Addresses, StackPlan, assumed_addresses
from components.rendering import expectations
from components.rendering.director import director_files
from components.rendering.features import feature_files
from components.rendering.load_balancer import certificate_files
from components.rendering.names import name_files
from components.rendering.real_server import real_server_files


def guest_files(plan: StackPlan, host: Host, addresses: Addresses, secrets: Secrets) -> dict[str, str]:
    """The guest's files, sorted by path.

    Args:
        plan: the stack's plan.
        host: the guest, one of the plan's hosts.
        addresses: the address of every port of the plan, by the port's key.
        secrets: they stand in a director's files as they are.
    """
    files: dict[str, str] = {}
    if host.role is Role.DIRECTOR:
        files.update(director_files(plan, host, addresses, secrets.vrrp_password))
    elif host.role is Role.REAL_SERVER:
        files.update(real_server_files(plan, host))
    files.update(name_files(plan, host))
    files.update(feature_files(plan, host, addresses))
    if Feature.LOAD_BALANCER in host.features:
        files.update(certificate_files(plan, secrets.certificates))
    files[expectations.PATH] = expectations.expectations(plan, host, addresses, files)
    return dict(sorted(files.items()))


def addresses_needed(plan: StackPlan) -> dict[str, frozenset[str]]:
    """Which ports' addresses each host's files hold, by the host's key: only those must be known to render them.

    Told by rendering with assumed ones and noting what was asked for, so that it cannot differ from what is rendered.
    """
    assumed = assumed_addresses(plan)
    needed: dict[str, frozenset[str]] = {}
    for host in plan.hosts:
        noted = _Noted(assumed)
        guest_files(plan, host, noted, NO_SECRETS)
        needed[host.key] = frozenset(noted.asked)
    return needed


class _Noted(Mapping[str, IPAddress]):
    """Addresses that remember which of them were asked for."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        self.asked: set[str] = set()

    def __getitem__(self, key: str) -> IPAddress:
        self.asked.add(key)
        return self._addresses[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._addresses)

    def __len__(self) -> int:
        return len(self._addresses)
