"""``vrrp``: over which network the directors speak, and which instances move together."""

from collections.abc import Iterator

from components.config.base import IPV6
from components.config.draft import Draft
from components.config.errors import Finding, at, choose


def peer_network_joins_the_directors(draft: Draft) -> Iterator[Finding]:
    """Every director needs a NIC on it."""
    if draft.vrrp is None or draft.directors is None or draft.vrrp.peer_network is None:
        return
    over = draft.vrrp.peer_network
    networks = [nic.network for nic in draft.directors.nics]
    if over in draft.names("networks") and over not in networks:
        yield Finding(
            at("vrrp", "peer-network"),
            f"the directors have no NIC on network {over}",
            f"Adverts leave by a NIC of each director; they are on {', '.join(networks)}",
            f"Add {{network: {over}}} to {at('directors', 'nics')}, or choose one of these",
        )


def peer_network_is_the_directors_own(draft: Draft) -> Iterator[Finding]:
    """Whoever else is on it may send adverts."""
    if draft.vrrp is None or draft.vrrp.peer_network is None:
        return
    over = draft.vrrp.peer_network
    others = {"real-servers": draft.real_servers, "observer": draft.observer}
    for noun, servers in others.items():
        if servers and servers.network == over:
            yield Finding(
                at("vrrp", "peer-network"),
                f"{at(noun)} is on network {over} too",
                "A network for adverts is the directors' own, since an advert proves nothing but where it comes from",
                "Choose a network without other servers, or remove the key: adverts then travel beside the virtual IPs",
            )


def peer_network_has_the_family(draft: Draft) -> Iterator[Finding]:
    """Adverts for IPv6 addresses travel over IPv6 (RFC 5798, 5.1.2)."""
    over = draft.networks.get(draft.vrrp.peer_network or "") if draft.vrrp else None
    if draft.vrrp is None or over is None or over.ipv6:
        return
    for name, vip in draft.virtual_ips.items():
        if vip.address.version == IPV6:
            yield Finding(
                at("virtual-ips", name, "address"),
                f"it is an IPv6 address, but network {draft.vrrp.peer_network} has no IPv6 subnet",
                f"Adverts for it travel over IPv6, on the network of {at('vrrp', 'peer-network')}",
                f"Give that network an ipv6.cidr, or remove {at('vrrp', 'peer-network')}",
            )


def groups_hold_instances_once(draft: Draft) -> Iterator[Finding]:
    """An instance has one group to move with."""
    if draft.vrrp is None or not draft.is_complete("vrrp"):
        return
    first: dict[str, str] = {}
    for group, instances in draft.vrrp.sync_groups.items():
        if len(set(instances)) < 2:  # noqa: PLR2004 - a pair
            yield Finding(
                at("vrrp", "sync-groups", group),
                f"only {instances[0]} is in it" if instances else "it is empty",
                "A group ties two instances or more to one director",
                "Name another instance, or remove the group",
            )
        for index, name in enumerate(instances):
            where = at("vrrp", "sync-groups", group, index)
            if name not in draft.instances:
                yield Finding(
                    where,
                    f"there is no instance {name}",
                    f"An instance is named by its key below {at('vrrp', 'instances')}: {', '.join(draft.instances)}",
                    choose(name, draft.instances),
                )
                continue
            before = first.setdefault(name, where)
            if before != where:
                yield Finding(
                    where,
                    f"instance {name} is at {before} already",
                    "An instance moves with one group",
                    "Remove one of the two, or join the groups",
                )
