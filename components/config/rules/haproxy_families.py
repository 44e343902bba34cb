"""``haproxy`` over IPv4 and IPv6: whoever is asked or asks over a family is on a network that has it.

Clients' family needs no rule: a frontend listens on virtual IPs, and an address of IPv6 has its subnet (``ipv6.py``).
"""

from collections.abc import Iterator

from components.config.base import IPV6
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.haproxy.backends import BackendConfig, Family
from components.config.rules.ipv6 import without_ipv6


def asked_by_ipv6_have_it(draft: Draft) -> Iterator[Finding]:
    """A backend's real servers have an address of the family by which they are asked."""
    servers = draft.real_servers
    network = draft.networks.get(servers.network) if servers else None
    if servers is None or network is None:
        return
    for name, backend in _by_ipv6(draft):
        asked = _real_servers_of(backend, servers.keys)
        if asked and network.ipv6 is None:
            yield Finding(
                at("haproxy", "backends", name, "family"),
                f"the real servers are asked by IPv6, and their network {servers.network} has IPv4 alone",
                "HAProxy connects to the address that a real server has on its network, whatever its clients came by",
                f"Remove the key, or add {at('networks', servers.network, 'ipv6')}: {{ cidr: ... }}",
            )
            continue
        for key in asked:
            own = servers.servers.get(key)
            if own and own.existing and own.ipv6_address is None:
                where = at("real-servers", "servers", key, "ipv6-address")
                yield Finding(
                    at("haproxy", "backends", name, "family"),
                    f"real server {key} exists already, and its address of IPv6 is missing",
                    "Of a server that is not made here only the address that the file gives is known",
                    f"Add {where}, or remove the key",
                )


def a_family_is_of_real_servers(draft: Draft) -> Iterator[Finding]:
    """A key without effect misleads whoever reads the stack file."""
    for name, backend in _by_ipv6(draft):
        if backend.servers and not _real_servers_of(backend, ()):
            yield Finding(
                at("haproxy", "backends", name, "family"),
                "each of its servers has an address of its own",
                "It chooses between the addresses of the stack's real servers; any other is asked at the address given",
                "Remove the key",
            )


def readers_of_the_page_reach_it(draft: Draft) -> Iterator[Finding]:
    """It listens on an address of each family that may read it."""
    page = draft.haproxy.stats_page if draft.haproxy else None
    if page is None or not without_ipv6(draft, [page.network]):
        return
    for index, source in enumerate(page.allow_from):
        if source.version == IPV6:
            yield Finding(
                at("haproxy", "stats-page", "allow-from", index),
                f"{source} is a subnet of IPv6, and network {page.network} has IPv4 alone",
                "The page listens on the directors' addresses on its network",
                f"Name a subnet of IPv4, or add {at('networks', page.network, 'ipv6')}: {{ cidr: ... }}",
            )


def _by_ipv6(draft: Draft) -> Iterator[tuple[str, BackendConfig]]:
    for name, backend in draft.backends.items():
        if backend.family is Family.IPV6:
            yield name, backend


def _real_servers_of(backend: BackendConfig, everyone: tuple[str, ...]) -> list[str]:
    """The real servers of the stack among a backend's servers; all of them where it names none."""
    if not backend.servers:
        return list(everyone)
    return [name for name, server in backend.servers.items() if server.address is None]
