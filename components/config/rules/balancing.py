"""``services``: scheduler, persistence and quorum."""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at, choose
from components.config.real_servers import RealServersConfig
from components.config.services import Protocol, ServiceConfig

_BITS = {4: 32, 6: 128}


def flags_fit_the_scheduler(draft: Draft) -> Iterator[Finding]:
    """IPVS ignores a flag that is another scheduler's."""
    for name, service in draft.services.items():
        for index, flag in enumerate(service.scheduler_flags):
            if flag.scheduler is not service.scheduler:
                yield Finding(
                    at("services", name, "scheduler-flags", index),
                    f"{flag} with scheduler {service.scheduler}",
                    f"{flag} is a flag of {flag.scheduler}, which hashes; another scheduler ignores it",
                    f"Remove it, or set scheduler to {flag.scheduler}",
                )


def one_packet_is_for_udp(draft: Draft) -> Iterator[Finding]:
    """A connection has more packets than one, and a client that stays is no news with each datagram."""
    for name, service in draft.services.items():
        if service.one_packet and service.protocol is not Protocol.UDP:
            yield Finding(
                at("services", name, "one-packet"),
                f"it is set for {service.protocol}",
                "Only a datagram can be forwarded for itself; a TCP connection needs all of its packets in one place",
                "Remove the key",
            )
        elif service.one_packet and service.persistence:
            yield Finding(
                at("services", name, "persistence"),
                "one-packet is set too",
                "Persistence keeps a client with its real server, one-packet chooses anew for each datagram",
                "Remove one of the two",
            )


def persistence_fits_the_family(draft: Draft) -> Iterator[Finding]:
    """A prefix longer than the address."""
    for name, service in draft.services.items():
        prefix = service.persistence and service.persistence.prefix
        known = [draft.virtual_ips[key].address for key in service.vips if key in draft.virtual_ips]
        longest = min((_BITS[address.version] for address in known), default=_BITS[6])
        if prefix and prefix > longest:
            yield Finding(
                at("services", name, "persistence", "prefix"),
                f"{prefix} bits of an address that has {longest}",
                f"A client's address has {longest} bits here, and fewer of them make a group of clients",
                f"Choose a number from 1 to {longest}, or remove the key",
            )


def unknown_real_servers(draft: Draft) -> Iterator[Finding]:
    """Every real server that is named is described."""
    if draft.real_servers is None:
        return
    known = dict.fromkeys(draft.real_servers.keys)
    for name, service in draft.services.items():
        for key in service.real_servers:
            if key not in known:
                yield Finding(
                    at("services", name, "real-servers", key),
                    f"there is no real server {key}",
                    f"A real server is named by its key: {', '.join(known)}",
                    choose(key, known),
                )


def quorum_can_be_reached(draft: Draft) -> Iterator[Finding]:
    """Keepalived would correct such numbers silently, or never go up."""
    for name, service in draft.services.items():
        quorum, where = service.quorum, at("services", name, "quorum")
        if quorum is None:
            continue
        if service.sorry_server is None:
            yield Finding(
                where,
                "there is no sorry server",
                "The quorum says when the sorry server takes over; without one it changes nothing",
                f"Add {at('services', name, 'sorry-server')}, or remove the quorum",
            )
        if quorum.hysteresis >= quorum.weight:
            yield Finding(
                at("services", name, "quorum", "hysteresis"),
                f"{quorum.hysteresis} with a weight of {quorum.weight}",
                "The service goes down at less than the weight less the hysteresis, which must leave something",
                "Choose a smaller one",
            )
        servers = draft.real_servers
        total = _sum_of_weights(service, servers) if servers else None
        if total is not None and quorum.weight + quorum.hysteresis > total:
            yield Finding(
                where,
                f"{quorum.weight} and a hysteresis of {quorum.hysteresis} are more than {total}, the weights of all "
                "real servers together",
                "The service goes up when the healthy weights reach both together",
                "Lower the quorum, or give the real servers more weight",
            )


def _sum_of_weights(service: ServiceConfig, servers: RealServersConfig) -> int | None:
    keys = service.real_servers or servers.keys
    if not set(keys) <= set(servers.keys):
        return None
    own = {key: here.weight for key, here in service.real_servers.items() if here.weight is not None}
    return sum(own.get(key, servers.weight_of(key)) for key in keys)
