"""Existing networks over which the directors tell one another of connections or send adverts: who else is on them?

Nothing that is said there is authenticated, so they are the directors' alone. No finding, but a remark: of a network of
another project a member sees only its own ports, and who may come tomorrow nobody sees.
"""

from collections.abc import Iterator

from components.config.errors import at, shown
from components.plan.stack import StackPlan
from components.preflight.existing_networks import ExistingNetworkFacts, FoundNetwork

# Ports of servers by Neutron's device_owner: Nova's, bare metal's, and those behind a server's trunk.
_SERVERS = ("compute:", "baremetal:", "trunk:subport")


def remarks(plan: StackPlan, facts: ExistingNetworkFacts) -> Iterator[str]:
    """One remark for each network on which others are, or may be."""
    for key, paths in _own_networks(plan).items():
        for found in facts.get(key, ()):
            others = list(_others(plan, found))
            if others:
                yield (
                    f"Network {shown(plan.network(key).name)} is for the directors alone ({' and '.join(paths)}), "
                    "since nothing that they say there is authenticated; but "
                    f"{' and '.join(others)}. Name a network on which nobody else is."
                )


def _own_networks(plan: StackPlan) -> dict[str, list[str]]:
    """The networks that are the directors' own, with the keys that say so."""
    named: dict[str, list[str]] = {}
    if plan.connection_sync:
        named.setdefault(plan.connection_sync.network, []).append(at("connection-sync", "network"))
    held = {instance.network for instance in plan.instances}
    for key in {instance.peer_network for instance in plan.instances} - held:
        named.setdefault(key, []).append(at("vrrp", "peer-network"))
    return named


def _others(plan: StackPlan, found: FoundNetwork) -> Iterator[str]:
    ours = {port.name for host in plan.hosts for port in (*host.ports, *host.legs)}
    servers = [holder for holder in found.holders if holder.owner.startswith(_SERVERS) and holder.name not in ours]
    if servers:
        yield f"other servers have ports on it ({len(servers)}, the first is {servers[0].name or servers[0].id})"
    if not found.owned:
        yield "it belongs to another project, whose ports cannot be seen from here"
    elif found.shared:
        yield "it is shared with other projects"
