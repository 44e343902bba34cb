"""``connection-sync``: a network of the directors' own, and something to tell one another."""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.gateway import MOST_DIRECTORS_WITH_STATE


def directors_are_on_it(draft: Draft) -> Iterator[Finding]:
    """They speak by their ports there."""
    if draft.connection_sync is None or draft.directors is None:
        return
    network = draft.connection_sync.network
    if network in draft.networks and network not in {nic.network for nic in draft.directors.nics}:
        yield Finding(
            at("connection-sync", "network"),
            f"the directors have no NIC on network {network}",
            "They tell one another of their connections by their ports on this network",
            f"Add {{ network: {network} }} to {at('directors', 'nics')}, or name a network that they are on",
        )


def nobody_else_is_on_it(draft: Draft) -> Iterator[Finding]:
    """What the directors say there is not authenticated: who is on the network may write into their tables."""
    if draft.connection_sync is None:
        return
    network = draft.connection_sync.network
    for where, tenant in _tenants(draft, network):
        yield Finding(
            where,
            f"{tenant} is on network {network}, over which the directors tell one another of their connections",
            "That is not authenticated: whoever is on the network could open connections in the directors' tables, so "
            "it is theirs alone",
            f"Choose another network here, or another one in {at('connection-sync', 'network')}",
        )


def _tenants(draft: Draft, network: str) -> Iterator[tuple[str, str]]:
    for name, vip in draft.virtual_ips.items():
        if vip.network == network:
            yield at("virtual-ips", name, "network"), f"virtual IP {name}"
    if draft.real_servers and draft.real_servers.network == network:
        yield at("real-servers", "network"), "each real server"
    if draft.observer and draft.observer.network == network:
        yield at("observer", "network"), "the observer"


def it_leads_nowhere(draft: Draft) -> Iterator[Finding]:
    """A router would let others in."""
    network = draft.networks.get(draft.connection_sync.network) if draft.connection_sync else None
    if draft.connection_sync and network and network.router:
        yield Finding(
            at("networks", draft.connection_sync.network, "router"),
            f"network {draft.connection_sync.network} has a router, and carries the directors' connection tables",
            "What the directors say there is not authenticated, so nobody else may reach the network",
            "Remove the router, or choose another network for one of the two",
        )


def there_is_something_to_tell(draft: Draft) -> Iterator[Finding]:
    """Without IPVS and without a gateway the directors keep no connections of others."""
    complete = draft.is_complete("services") and draft.is_complete("gateway")
    if draft.connection_sync and complete and not draft.services and draft.gateway is None:
        yield Finding(
            at("connection-sync"),
            "there are neither services nor a gateway",
            "The directors tell one another of the connections that IPVS balances and that the gateway forwards",
            "Remove it, or describe services or a gateway",
        )


def conntrackd_has_two_ends(draft: Draft) -> Iterator[Finding]:
    """Conntrackd's reliable mode by unicast is a channel between two."""
    directors = draft.directors
    if draft.connection_sync is None or draft.gateway is None or directors is None:
        return
    count = len(directors.keys)
    if count > MOST_DIRECTORS_WITH_STATE:
        yield Finding(
            at("connection-sync"),
            f"{count} directors are to tell one another of the gateway's connections",
            f"conntrackd's reliable unicast channel has {MOST_DIRECTORS_WITH_STATE} ends; a third director would know "
            "nothing, and reset every connection if it took over",
            f"Keep {MOST_DIRECTORS_WITH_STATE} directors, or remove {at('connection-sync')}: then addresses move, "
            "and open connections are lost",
        )
