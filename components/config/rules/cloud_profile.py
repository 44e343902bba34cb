"""``cloud-profile``: what the operator wrote beside it must be able to work on such a cloud.

A virtual MAC on ``ovn`` is no finding: OVN 26.03 and later may carry it, and no stack file tells the version.
"""

from collections.abc import Iterator

from components.config.cloud_profile import KEY, CloudProfile
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.guests import PortSecurity
from components.config.services import Forwarding


def direct_routing_on_ovn_is_stateless(draft: Draft) -> Iterator[Finding]:
    """A director sees half of each connection, which OVN's connection tracking takes for invalid."""
    directors = draft.directors
    if draft.cloud_profile is not CloudProfile.OVN or directors is None:
        return
    direct = any(Forwarding.DIRECT_ROUTING in service.ways for service in draft.services.values())
    if direct and directors.port_security is not PortSecurity.STATELESS:
        yield Finding(
            at("directors", "port-security"),
            f"{directors.port_security} here, but {at(KEY)} is {draft.cloud_profile}",
            "On ML2/OVN only stateless groups let direct routing pass large uploads, and a virtual IP's floating IP is "
            "dead where port security is off",
            "Write stateless, or remove the key: the profile sets it",
        )


def gateway_is_not_on_ovn(draft: Draft) -> Iterator[Finding]:
    """The profile's port security and a gateway's exclude each other, so no value of that key would help."""
    if draft.gateway and draft.cloud_profile is CloudProfile.OVN:
        yield Finding(
            at("gateway"),
            f"the directors are a gateway, but {at(KEY)} is {draft.cloud_profile}",
            "A gateway's ports are without port security, and on ML2/OVN a virtual IP's floating IP is dead on such "
            "ports",
            "Remove the gateway and give its inside network a router, or take a cloud whose networks are ML2/OVS's",
        )
