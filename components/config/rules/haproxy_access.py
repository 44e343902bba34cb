"""``haproxy``: who reads its page and who is believed; everybody is refused, in one subnet or in several."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses

from components.config.base import IPNetwork
from components.config.draft import Draft
from components.config.errors import Finding, at


def the_stats_page_is_not_for_everybody(draft: Draft) -> Iterator[Finding]:
    """It tells servers' names, addresses and load, and has no password."""
    page = draft.haproxy.stats_page if draft.haproxy else None
    for where, got in _everybody(at("haproxy", "stats-page", "allow-from"), page.allow_from if page else ()):
        yield Finding(
            where,
            got,
            "The page tells names, addresses and load of every server, by plain HTTP and without a password",
            "Name the networks from which you look at it",
        )


def not_everybody_is_believed(draft: Draft) -> Iterator[Finding]:
    """Whoever may speak the PROXY protocol says which client it is."""
    for name, frontend in draft.frontends.items():
        for where, got in _everybody(
            at("haproxy", "frontends", name, "proxy-protocol-from"), frontend.proxy_protocol_from
        ):
            yield Finding(
                where,
                got,
                "Who speaks the PROXY protocol says which client it comes from, and is believed; clients that do "
                "not speak it are refused",
                "Name the proxies before this one",
            )


def _everybody(where: str, networks: Sequence[IPNetwork]) -> Iterator[tuple[str, str]]:
    """Where everybody of a family is named, by one subnet or by several together, and in which words."""
    for index, network in enumerate(networks):
        if network.prefixlen == 0:
            yield f"{where}[{index}]", f"{network} is everybody"
    parts = [network for network in networks if network.prefixlen]
    wholes = (
        *collapse_addresses(network for network in parts if isinstance(network, IPv4Network)),
        *collapse_addresses(network for network in parts if isinstance(network, IPv6Network)),
    )
    for whole in wholes:
        if whole.prefixlen == 0:
            yield where, f"these subnets together are {whole}, everybody"
