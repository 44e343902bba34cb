"""References by name: networks and virtual IPs that others speak of."""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at, choose


def network_references(draft: Draft) -> Iterator[tuple[str, str]]:
    """Where a network of the stack file is named, and which."""
    for name, vip in draft.virtual_ips.items():
        yield at("virtual-ips", name, "network"), vip.network
    if draft.directors:
        for index, nic in enumerate(draft.directors.nics):
            yield at("directors", "nics", index, "network"), nic.network
    if draft.vrrp and draft.vrrp.peer_network:
        yield at("vrrp", "peer-network"), draft.vrrp.peer_network
    if draft.real_servers:
        yield at("real-servers", "network"), draft.real_servers.network
    yield from _in_policy_routing(draft)
    yield from _in_haproxy(draft)
    if draft.connection_sync:
        yield at("connection-sync", "network"), draft.connection_sync.network
    if draft.observer:
        yield at("observer", "network"), draft.observer.network


def _in_policy_routing(draft: Draft) -> Iterator[tuple[str, str]]:
    if draft.policy_routing is None:
        return
    if draft.policy_routing.main_network:
        yield at("policy-routing", "main-network"), draft.policy_routing.main_network
    for name, table in draft.policy_routing.tables.items():
        if table.network:
            yield at("policy-routing", "tables", name, "network"), table.network


def _in_haproxy(draft: Draft) -> Iterator[tuple[str, str]]:
    haproxy = draft.haproxy
    if haproxy and haproxy.stats_page:
        yield at("haproxy", "stats-page", "network"), haproxy.stats_page.network
    if haproxy and haproxy.peers:
        yield at("haproxy", "peers", "network"), haproxy.peers.network


def unknown_networks(draft: Draft) -> Iterator[Finding]:
    """Every network that is named is described."""
    if "networks" in draft.unreadable:
        return
    known = draft.names("networks")
    for where, name in network_references(draft):
        if name not in known:
            yield Finding(
                where,
                f"there is no network {name}",
                f"A network is named by its key below {at('networks')}: {', '.join(known)}",
                choose(name, known),
            )


def unknown_virtual_ips(draft: Draft) -> Iterator[Finding]:
    """Every virtual IP that is named is described."""
    if "virtual-ips" in draft.unreadable:
        return
    known = draft.names("virtual-ips")
    references: list[tuple[str, str]] = []
    for name, service in draft.services.items():
        if service.virtual_ip is not None:
            references.append((at("services", name, "virtual-ip"), service.virtual_ip))
        references += [(at("services", name, "virtual-ips", i), v) for i, v in enumerate(service.virtual_ips)]
    for name, instance in draft.instances.items():
        references += [(at("vrrp", "instances", name, "virtual-ips", i), v) for i, v in enumerate(instance.virtual_ips)]
    for name, table in draft.policy_routing.tables.items() if draft.policy_routing else ():
        if table.virtual_ip:
            references.append((at("policy-routing", "tables", name, "virtual-ip"), table.virtual_ip))
    if draft.gateway:
        references += [(at("gateway", *path), vip) for path, vip in draft.gateway.references]
    for where, vip in references:
        if vip not in known:
            yield Finding(
                where,
                f"there is no virtual IP {vip}",
                f"A virtual IP is named by its key below {at('virtual-ips')}: {', '.join(known)}",
                choose(vip, known),
            )
