"""Where directors send at an address of the operator's: HAProxy's servers, its log server, the mail relay.

Services have rules of their own for whom they send to (``balancing.py``, ``forwarding.py``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from components.config.base import IPV6, IPAddress
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.rules.addresses import owners_on_directors
from components.config.rules.ipv6 import without_ipv6

_EVERYBODY = IPv4Address("255.255.255.255")


@dataclass(frozen=True)
class Destination:
    """An address, and where it is written."""

    where: str
    address: IPAddress


def destinations(draft: Draft) -> Iterator[Destination]:
    """Every one, in the file's order of nouns."""
    mail = draft.vrrp.notification if draft.vrrp else None
    if mail:
        yield Destination(at("vrrp", "notification", "smtp-server"), mail.smtp_server)
    for name, backend in draft.backends.items():
        for key, server in backend.servers.items():
            if server.address:
                yield Destination(at("haproxy", "backends", name, "servers", key, "address"), server.address)
    yield from _log_server(draft)


def _log_server(draft: Draft) -> Iterator[Destination]:
    remote = draft.haproxy.logging.remote if draft.haproxy else None
    if remote:
        yield Destination(at("haproxy", "logging", "remote", "address"), remote.address)


def destinations_are_hosts(draft: Draft) -> Iterator[Finding]:
    """The daemons take any address, and nobody answers."""
    nobodys = _addresses_of_subnets(draft)
    for destination in destinations(draft):
        kind = nobodys.get(destination.address) or _kind(destination.address)
        if kind:
            yield Finding(
                destination.where,
                f"{destination.address} is {kind}",
                "The directors send there as to one host, by an address that is this host's alone",
                "Write the host's own address",
            )


def _addresses_of_subnets(draft: Draft) -> dict[IPAddress, str]:
    """The addresses of the stack's subnets that belong to no host."""
    found: dict[IPAddress, str] = {}
    for subnet in (subnet for network in draft.networks.values() for subnet in network.subnets):
        found[subnet.cidr.network_address] = f"the network address of {subnet.cidr}"
        if not subnet.is_host(subnet.cidr.broadcast_address):
            found[subnet.cidr.broadcast_address] = f"the broadcast address of {subnet.cidr}"
    return found


def _kind(address: IPAddress) -> str | None:
    if address.is_unspecified:
        return "the unspecified address"
    if address.is_multicast:
        return "a multicast address"
    if address == _EVERYBODY:
        return "the broadcast address of every network"
    if address.version == IPV6 and address.is_link_local:
        return "a link-local address, which each network has again"
    return None


def destinations_can_be_reached(draft: Draft) -> Iterator[Finding]:
    """Who has no address of IPv6 sends nothing by it."""
    if draft.directors is None or not without_ipv6(draft, [nic.network for nic in draft.directors.nics]):
        return
    for destination in destinations(draft):
        if destination.address.version == IPV6 and not destination.address.is_loopback:
            yield Finding(
                destination.where,
                f"{destination.address} is an IPv6 address, and no network of the directors has IPv6",
                "A director speaks IPv6 from an address of its own, which it has on a network with IPv6",
                "Write an IPv4 address, or give one of the directors' networks a subnet of IPv6",
            )


def the_log_server_is_another_host(draft: Draft) -> Iterator[Finding]:
    """Rsyslog listens on the loopback for HAProxy: a copy that goes there is a message again, without end."""
    owners = owners_on_directors(draft)
    for destination in _log_server(draft):
        address = destination.address
        owner = "each director itself" if address.is_loopback else owners.get(address)
        if owner:
            yield Finding(
                destination.where,
                f"{address} is {owner}",
                "The copy is for another host; a director that sends it to itself reads it as a new message and copies "
                "that, without end, or loses it",
                "Write the log server's address, or remove the key: each director keeps its own log anyway",
            )
