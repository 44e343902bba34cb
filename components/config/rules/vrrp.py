"""``vrrp``: its instances, and the password.

Sources: RFC 5798 (VRRPv3) section 7.3, RFC 3768 (VRRPv2), keepalived.conf(5).
"""

import re
from collections.abc import Iterator

from components.config.base import IPV4, IPV6
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.guests import LONGEST_INTERFACE, bridge_name

# VRRPv2's authentication field has 8 octets; keepalived cuts the rest off.
LONGEST_PASSWORD = 8

# Characters that keepalived's configuration takes literally: no blanks, quotes, comments or substitutions.
_PASSWORD = re.compile(r"[A-Za-z0-9._+=:,/*-]+")


def router_ids_are_unique(draft: Draft) -> Iterator[Finding]:
    """Two virtual routers with one ID share a MAC, and each takes the other's adverts for its own."""
    on_network: dict[tuple[int, int, str], str] = {}
    on_director: dict[tuple[int, int], str] = {}
    peer_network = draft.vrrp.peer_network if draft.vrrp else None
    for name, instance in draft.instances.items():
        vrid = instance.virtual_router_id
        vip = next((draft.virtual_ips[key] for key in instance.virtual_ips if key in draft.virtual_ips), None)
        if vip is None:
            continue
        # A virtual router of IPv4 and one of IPv6 have different MACs.
        family = vip.address.version
        same_network = on_network.setdefault((family, vrid, vip.network), name)
        same_director = on_director.setdefault((family, vrid), name)
        if same_network != name:
            first = same_network
            allowed = "Each instance on a network has its own ID, or they share a MAC and mistake each other's adverts"
        elif same_director != name and peer_network:
            first = same_director
            allowed = f"All instances advertise on network {peer_network}, where they are told apart by their IDs"
        elif same_director != name and draft.vrrp and draft.vrrp.virtual_mac:
            first = same_director
            macvlan = f"vrrp{'' if family == IPV4 else family}.{vrid}"
            allowed = f"Though on another network, both would need an interface {macvlan} on each director"
        else:
            continue
        yield Finding(
            at("vrrp", "instances", name, "virtual-router-id"),
            f"{vrid} is the ID of instance {first} already",
            allowed,
            "Choose another ID from 1 to 255",
        )


def one_network_an_instance(draft: Draft) -> Iterator[Finding]:
    """An instance speaks on one interface."""
    for name, instance in draft.instances.items():
        known = [vip for vip in instance.virtual_ips if vip in draft.virtual_ips]
        networks = dict.fromkeys(draft.virtual_ips[vip].network for vip in known)
        if len(networks) > 1:
            yield Finding(
                at("vrrp", "instances", name, "virtual-ips"),
                f"these virtual IPs are on {len(networks)} networks: {', '.join(networks)}",
                "A VRRP instance speaks on one network, with one virtual MAC",
                "Make one instance for each network",
            )


def password_fits_the_version(draft: Draft) -> Iterator[Finding]:
    """VRRPv3 has no authentication; VRRPv2 has eight octets. The password itself is never shown."""
    if draft.vrrp_password is None:
        return
    where, password = at("vrrp-password"), draft.vrrp_password.get_secret_value()
    if draft.vrrp and draft.vrrp.version == 3:  # noqa: PLR2004 - the protocol's version
        yield Finding(
            where,
            "a password is set, but the version is 3",
            "VRRPv3 has no authentication (RFC 5798, 9), so the password would protect nothing",
            f"Remove it, or set {at('vrrp', 'version')} to 2",
        )
    if len(password) > LONGEST_PASSWORD:
        yield Finding(
            where,
            f"the password has more than {LONGEST_PASSWORD} characters",
            f"VRRPv2 carries {LONGEST_PASSWORD}, and keepalived cuts the rest off",
            "Choose a shorter one",
        )
    if not _PASSWORD.fullmatch(password):
        yield Finding(
            where,
            "the password is empty or has a character with a meaning of its own in keepalived's configuration",
            "Allowed are ASCII letters, digits and . _ + = : , / * -",
            "Choose another one",
        )


def label_stands_on_the_nic(draft: Draft) -> Iterator[Finding]:
    """A label begins with the interface's name, and only IPv4 addresses have one."""
    for name, instance in draft.instances.items():
        if instance.label is None:
            continue
        where = at("vrrp", "instances", name, "label")
        if draft.vrrp and draft.vrrp.virtual_mac:
            yield Finding(
                where,
                f"a label is set, but the virtual IPs are on the virtual MAC's vrrp.{instance.virtual_router_id}",
                "A label shows old tools an address on the NIC; an interface of its own is seen by itself",
                f"Remove it, or set {at('vrrp', 'virtual-mac')} to false",
            )
        known = [draft.virtual_ips[vip] for vip in instance.virtual_ips if vip in draft.virtual_ips]
        if any(vip.address.version == IPV6 for vip in known):
            yield Finding(
                where,
                "a label is set, but a virtual IP of the instance is an IPv6 address",
                "Linux has labels for IPv4 addresses only",
                "Remove it",
            )


def label_has_room_after_the_bridge(draft: Draft) -> Iterator[Finding]:
    """Keepalived refuses a longer one. What a NIC is called its guest alone knows, and says; a bond's name is ours."""
    nics = enumerate(draft.directors.nics if draft.directors else ())
    bridges = {nic.network: bridge_name(nic.network, index) for index, nic in nics if nic.bond}
    for name, instance in draft.instances.items():
        if instance.label is None:
            continue
        networks = {draft.virtual_ips[vip].network for vip in instance.virtual_ips if vip in draft.virtual_ips}
        for bridge in (bridges[network] for network in sorted(networks & bridges.keys())):
            label, room = f"{bridge}:{instance.label}", LONGEST_INTERFACE - len(f"{bridge}:")
            if len(label) > LONGEST_INTERFACE:
                yield Finding(
                    at("vrrp", "instances", name, "label"),
                    f"the virtual IPs' label would be {label}, {len(label)} characters",
                    f"A label has at most {LONGEST_INTERFACE}, and begins with the interface's name, here the bond's "
                    f"{bridge}",
                    f"Write at most {room} characters" if room > 0 else "Remove it, or shorten the network's key",
                )
