"""``real-servers``: how many there are is said once, and where those are that are there already."""

from collections.abc import Iterator

from components.config.base import IPV6
from components.config.draft import Draft
from components.config.errors import Finding, at

_ALLOWED = "Either count says how many equal ones there are, or servers names each"


def count_or_servers(draft: Draft) -> Iterator[Finding]:
    """A number of equal ones, or each by its name."""
    servers = draft.real_servers
    if servers is None:
        return
    if servers.count is not None and servers.servers:
        yield Finding(at("real-servers"), "both count and servers are given", _ALLOWED, "Remove one of the two")
    elif servers.count is None and not servers.servers:
        yield Finding(at("real-servers"), "neither count nor servers is given", _ALLOWED, "Add one of the two")


def those_that_are_made_have_an_image_and_a_flavor(draft: Draft) -> Iterator[Finding]:
    """Only who makes no server needs none."""
    servers = draft.real_servers
    if servers is None or not servers.own_keys:
        return
    for key, given, kind in (("image", servers.image, "Glance"), ("flavor", servers.flavor, "Nova")):
        if given is None:
            yield Finding(
                at("real-servers", key),
                "this key is required and missing",
                f"It takes the name of the {key} in {kind}, for {servers.own_keys[0]} is made here",
                "Add it, or write existing: true for servers that are there already",
            )


def existing_ones_have_an_address(draft: Draft) -> Iterator[Finding]:
    """Nobody chooses an address for a server that is not ours."""
    for name, server in draft.real_servers.servers.items() if draft.real_servers else ():
        if server.existing and server.address is None:
            yield Finding(
                at("real-servers", "servers", name),
                "it exists already, but its address is missing",
                "Of a server that is not made here only its address is known, and the directors send there",
                f"Add {at('real-servers', 'servers', name, 'address')}, or remove existing so that it is made",
            )


def existing_ones_have_the_services_family(draft: Draft) -> Iterator[Finding]:
    """A virtual server sends to addresses of its own family, and of these servers only what is written is known."""
    servers = draft.real_servers.servers if draft.real_servers else {}
    for name, service in draft.services.items():
        known = [draft.virtual_ips[key] for key in service.vips if key in draft.virtual_ips]
        if not any(vip.address.version == IPV6 for vip in known):
            continue
        for key in service.real_servers or servers:
            own = servers.get(key)
            if own and own.existing and own.ipv6_address is None:
                yield Finding(
                    at("real-servers", "servers", key),
                    f"it exists already, service {name} is of IPv6, and its address of IPv6 is missing",
                    "Of a server that is not made here only its address is known, and the directors send there",
                    f"Add {at('real-servers', 'servers', key, 'ipv6-address')}, or leave the server out of "
                    f"{at('services', name, 'real-servers')}",
                )
