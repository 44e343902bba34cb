"""``vrrp``: what the protocol and keepalived can keep.

Sources: RFC 5798 (VRRPv3) sections 5.2.7 and 7.3, RFC 3768 (VRRPv2) section 5.3.7, keepalived.conf(5).
"""

import re
from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at

# VRRPv3 has 12 bits of hundredths of a second; keepalived 2.2.7 takes 0.01 and refuses 0.005. VRRPv2 has 8
# bits of seconds.
_SHORTEST, _LONGEST_V3, _LONGEST_V2 = 0.01, 40.95, 255

# VRRPv2's authentication field has 8 octets; keepalived cuts the rest off.
LONGEST_PASSWORD = 8

# Characters that keepalived's configuration takes literally: no blanks, quotes, comments or substitutions.
_PASSWORD = re.compile(r"[A-Za-z0-9._+=:,/*-]+")


def interval_can_be_kept(draft: Draft) -> Iterator[Finding]:
    """A rounded interval makes a promise that nobody keeps."""
    if draft.vrrp is None:
        return
    interval, where = draft.vrrp.advert_interval, at("vrrp", "advert-interval")
    if draft.vrrp.version == 2:  # noqa: PLR2004 - the protocol's version
        if interval != int(interval) or not 1 <= interval <= _LONGEST_V2:
            yield Finding(
                where,
                f"VRRPv2 cannot advertise every {interval:g} s",
                f"VRRPv2 counts whole seconds from 1 to {_LONGEST_V2}; keepalived rounds others and only logs it",
                f"Choose a whole number, or set {at('vrrp', 'version')} to 3",
            )
        return
    hundredths = round(interval * 100)
    if not _SHORTEST <= interval <= _LONGEST_V3 or abs(interval * 100 - hundredths) > 1e-6:  # noqa: PLR2004 - float noise
        yield Finding(
            where,
            f"VRRPv3 cannot advertise every {interval:g} s",
            f"VRRPv3 counts hundredths of a second, {_SHORTEST} to {_LONGEST_V3}; keepalived refuses or rounds others",
            "Choose a multiple of 0.01 in that range",
        )


def router_ids_are_unique(draft: Draft) -> Iterator[Finding]:
    """Two virtual routers with one ID share a MAC, and each takes the other's adverts for its own."""
    on_network: dict[tuple[int, str], str] = {}
    on_director: dict[int, str] = {}
    for name, instance in draft.instances.items():
        vrid = instance.virtual_router_id
        vip = next((draft.virtual_ips[key] for key in instance.virtual_ips if key in draft.virtual_ips), None)
        if vip is None:
            continue
        same_network = on_network.setdefault((vrid, vip.network), name)
        same_director = on_director.setdefault(vrid, name)
        if same_network != name:
            first = same_network
            allowed = "Each instance on a network has its own ID, or they share a MAC and mistake each other's adverts"
        elif same_director != name and draft.vrrp and draft.vrrp.virtual_mac:
            first = same_director
            allowed = f"Though on another network, both would need an interface vrrp.{vrid} on each director"
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
