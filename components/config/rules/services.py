"""``services``: what a virtual server is, and who keeps it in the table."""

from collections import Counter
from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.health_checks import UdpCheck
from components.config.services import IpvsTable, Protocol

# What only keepalived does, by the field.
_OF_KEEPALIVED = ("health_check", "quorum", "sorry_server")


def one_virtual_ip_or_several(draft: Draft) -> Iterator[Finding]:
    """Said once, and no virtual IP twice."""
    for name, service in draft.services.items():
        allowed = "A service is reached at virtual-ip, or at each of virtual-ips"
        if service.virtual_ip is not None and service.virtual_ips:
            yield Finding(
                at("services", name), "both virtual-ip and virtual-ips are given", allowed, "Remove one of the two"
            )
        elif not service.vips:
            yield Finding(
                at("services", name), "neither virtual-ip nor virtual-ips is given", allowed, "Add one of the two"
            )
        for vip, count in Counter(service.virtual_ips).items():
            if count > 1:
                yield Finding(
                    at("services", name, "virtual-ips"),
                    f"{vip} is named {count} times",
                    "Each virtual IP is named once",
                    "Remove the repetition",
                )


def a_port_or_a_range(draft: Draft) -> Iterator[Finding]:
    """Said once."""
    for name, service in draft.services.items():
        allowed = "A service has one port, or a range of ports that are balanced as one"
        if service.port is not None and service.ports is not None:
            yield Finding(at("services", name), "both port and ports are given", allowed, "Remove one of the two")
        elif service.clients_ports is None:
            yield Finding(at("services", name), "neither port nor ports is given", allowed, "Add one of the two")


def real_servers_exist(draft: Draft) -> Iterator[Finding]:
    """A virtual server without real servers refuses every connection."""
    if draft.services and draft.real_servers is None and draft.is_complete("real-servers"):
        yield Finding(
            at("services"),
            f"there are no real servers behind {', '.join(draft.services)}",
            "A service shares its connections out among real servers; without them it refuses each",
            f"Describe them below {at('real-servers')}, or remove the services",
        )


def one_owner_of_the_table(draft: Draft) -> Iterator[Finding]:
    """Restoring a table replaces all of it, also what keepalived put there."""
    owners = dict.fromkeys(service.ipvs for service in draft.services.values())
    if len(owners) > 1:
        first = next(iter(owners))
        for name, service in draft.services.items():
            if service.ipvs is not first:
                yield Finding(
                    at("services", name, "ipvs"),
                    f"{service.ipvs} here, {first} at another service",
                    "The whole IPVS table has one owner, for restoring the static table removes keepalived's entries",
                    "Choose one for all services",
                )


def static_tables_check_nothing(draft: Draft) -> Iterator[Finding]:
    """A key that nobody reads misleads whoever reads the stack file."""
    for name, service in draft.services.items():
        for field in _OF_KEEPALIVED:
            if service.ipvs is IpvsTable.STATIC and getattr(service, field) is not None:
                key = field.replace("_", "-")
                yield Finding(
                    at("services", name, key),
                    f"a {key.replace('-', ' ')} is given, but ipvs is static",
                    "A static table is restored at boot and checks nothing",
                    f"Remove the {key.replace('-', ' ')}, or set ipvs to keepalived",
                )


def tcp_is_not_checked_by_udp(draft: Draft) -> Iterator[Finding]:
    """A server that speaks both may be asked by TCP for UDP, never the other way round: silence would be health."""
    for name, service in draft.services.items():
        if service.protocol is Protocol.TCP and isinstance(service.health_check, UdpCheck):
            yield Finding(
                at("services", name, "health-check", "type"),
                "a TCP service is checked by UDP",
                "A server that does not answer a datagram counts as healthy, so a dead TCP server would stay in",
                "Write type: tcp or type: http, or remove the check",
            )
