"""``directors``: names, NICs and addresses that match their number."""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.guests import OsFamily

FEWEST_DIRECTORS = 2


def names_match_the_count(draft: Draft) -> Iterator[Finding]:
    """The names say how many there are; a count beside them must agree."""
    directors = draft.directors
    if directors is None or not directors.names:
        return
    named = len(directors.names)
    if named < FEWEST_DIRECTORS:
        yield Finding(
            at("directors", "names"),
            f"only {directors.names[0]} is named",
            "There are 2 directors or more: one director alone has nobody to fail over to",
            "Name a second one",
        )
    elif "count" in directors.model_fields_set and directors.count != named:
        yield Finding(
            at("directors", "count"),
            f"the count is {directors.count}, but {named} names are given",
            f"The names at {at('directors', 'names')} say how many directors there are",
            "Make them agree, or remove the count",
        )


def one_nic_a_network(draft: Draft) -> Iterator[Finding]:
    """Two ports of a host on one subnet answer for each other."""
    if draft.directors is None:
        return
    first: dict[str, int] = {}
    for index, nic in enumerate(draft.directors.nics):
        before = first.setdefault(nic.network, index)
        if before != index:
            yield Finding(
                at("directors", "nics", index, "network"),
                f"network {nic.network} is at {at('directors', 'nics', before)} already",
                "A director has one NIC on a network, or its two ports answer ARP for each other",
                "Remove one of them",
            )


def bonds_are_of_the_debian_family(draft: Draft) -> Iterator[Finding]:
    """What makes the bond, and what brings its bridge an address, are Debian's packages."""
    if draft.directors is None or draft.directors.os_family is OsFamily.DEBIAN:
        return
    for index, nic in enumerate(draft.directors.nics):
        if nic.bond:
            yield Finding(
                at("directors", "nics", index, "bond"),
                f"a bond, and the directors' os-family is {draft.directors.os_family}",
                "A bond needs Open vSwitch, which that family's repositories lack, and systemd-networkd, where it has "
                "NetworkManager",
                f"Remove the bond, or set {at('directors', 'os-family')} to debian and take such an image",
            )


def a_mirror_is_for_the_debian_family(draft: Draft) -> Iterator[Finding]:
    """A key without effect misleads whoever reads the stack file. All guests but directors are of that family."""
    directors, servers = draft.directors, draft.real_servers
    if draft.package_mirror is None or directors is None or directors.os_family is OsFamily.DEBIAN:
        return
    others = draft.observer is not None or bool(servers and servers.own_keys)
    if not others and draft.is_complete("observer") and draft.is_complete("real-servers"):
        yield Finding(
            at("package-mirror"),
            f"every guest of the stack is of the {directors.os_family} family",
            "The mirror is an apt repository, for guests of the debian family; others keep the sources of their image",
            "Remove the key, and name a mirror in the directors' image",
        )


def one_address_a_director(draft: Draft) -> Iterator[Finding]:
    """Addresses belong to the directors in their order."""
    if draft.directors is None:
        return
    wanted = len(draft.directors.keys)
    for index, nic in enumerate(draft.directors.nics):
        for key, given in (("addresses", len(nic.addresses)), ("ipv6-addresses", len(nic.ipv6_addresses))):
            if given in (0, wanted):
                continue
            yield Finding(
                at("directors", "nics", index, key),
                f"{given} address{'' if given == 1 else 'es'} for {wanted} directors",
                "There is one for each director in their order, or none at all",
                f"Give {wanted}, or remove the key so that Neutron chooses",
            )
