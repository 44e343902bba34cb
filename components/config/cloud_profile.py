"""``cloud-profile``: the defaults that suit what carries a cloud's networks.

A profile only chooses defaults: a key that the operator wrote stays, and what cannot work together is a rule's finding
(rules/cloud_profile.py). Deliberately asks no cloud; whether the profile is the cloud's own is preflight's question.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import cast

KEY = "cloud-profile"


class CloudProfile(StrEnum):
    """Neutron's ML2 drivers, as far as they want something of a stack."""

    OVS = "ovs"
    OVN = "ovn"


# Noun and key to default. The model's own defaults suit ML2/OVS. On ML2/OVN two directors with one MAC break failover
# and floating IPs (OVN older than 26.03), and connection tracking drops the packets of half-seen connections.
_DEFAULTS: Mapping[str, Mapping[tuple[str, str], object]] = {
    CloudProfile.OVS: {},
    CloudProfile.OVN: {("vrrp", "virtual-mac"): False, ("directors", "port-security"): "stateless"},
}


def with_profile(nouns: Mapping[str, object]) -> Mapping[str, object]:
    """The nouns with the profile's defaults where the operator wrote nothing; plain data, possibly wrong elsewhere."""
    changed = dict(nouns)
    for (noun, key), default in _DEFAULTS.get(str(nouns.get(KEY)), {}).items():
        written = changed.get(noun)
        if isinstance(written, dict):
            changed[noun] = {key: default, **cast("dict[str, object]", written)}
    return changed
