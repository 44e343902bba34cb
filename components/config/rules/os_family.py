"""``directors.os-family``: what was made for each family of images."""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.guests import OsFamily

_ALLOWED = "Of that family packages, paths, SELinux types and the host firewall are known here for HAProxy alone"


def redhat_is_for_haproxy_pairs(draft: Draft) -> Iterator[Finding]:
    """Everything else has Debian's packages, paths and units, and would be found out by the first guest."""
    directors = draft.directors
    if directors is None or directors.os_family is OsFamily.DEBIAN:
        return
    where = at("directors", "os-family")
    if draft.haproxy is None and draft.is_complete("haproxy"):
        yield Finding(
            where,
            f"{directors.os_family}, and there is no {at('haproxy')}",
            _ALLOWED,
            "Remove the key and take an image of the debian family, or describe haproxy",
        )
        return
    others = {
        "services": draft.services,
        "gateway": draft.gateway,
        "connection-sync": draft.connection_sync,
        "policy-routing": draft.policy_routing,
    }
    for noun, wished in others.items():
        if wished:
            yield Finding(
                at(noun),
                f"the directors' os-family is {directors.os_family}",
                _ALLOWED,
                f"Remove it, or remove {where} and take an image of the debian family",
            )
