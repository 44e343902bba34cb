"""``services``: virtual servers that IPVS and keepalived can serve."""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.services import Forwarding, IpvsTable, Protocol


def virtual_servers_are_unique(draft: Draft) -> Iterator[Finding]:
    """IPVS knows a virtual server by address, port and protocol."""
    first: dict[tuple[str, int, Protocol], str] = {}
    for name, service in draft.services.items():
        before = first.setdefault((service.virtual_ip, service.port, service.protocol), name)
        if before != name:
            yield Finding(
                at("services", name),
                f"{service.virtual_ip} port {service.port}/{service.protocol} is service {before} already",
                "IPVS knows a virtual server by virtual IP, port and protocol, so each is there once",
                "Change one of them, or remove one service",
            )


def real_servers_exist(draft: Draft) -> Iterator[Finding]:
    """A virtual server without real servers refuses every connection."""
    if draft.services and draft.real_servers is None and draft.is_complete("real-servers"):
        yield Finding(
            at("services"),
            f"there are no real servers behind {', '.join(draft.services)}",
            "A service shares its connections out among real servers; without them it refuses each",
            f"Describe them below {at('real-servers')}, or remove the services",
        )


def direct_routing_stays_on_the_network(draft: Draft) -> Iterator[Finding]:
    """Direct routing changes only the MAC, so it reaches as far as the network does."""
    servers = draft.real_servers
    if servers is None or servers.network not in draft.networks:
        return
    for name, service in draft.services.items():
        vip = draft.virtual_ips.get(service.virtual_ip)
        if vip is None or service.forwarding is not Forwarding.DIRECT_ROUTING:
            continue
        if vip.network in draft.networks and vip.network != servers.network:
            yield Finding(
                at("services", name, "forwarding"),
                f"the real servers are on network {servers.network}, virtual IP {service.virtual_ip} on {vip.network}",
                "Direct routing changes only a packet's MAC address, so real servers are on the virtual IP's network",
                f"Set {at('real-servers', 'network')} to {vip.network}, or choose a virtual IP on {servers.network}",
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
    """A health check that nobody runs misleads whoever reads the stack file."""
    for name, service in draft.services.items():
        if service.ipvs is IpvsTable.STATIC and "health_check" in service.model_fields_set:
            yield Finding(
                at("services", name, "health-check"),
                "a health check is given, but ipvs is static",
                "A static table is restored at boot and checks nothing",
                "Remove the health check, or set ipvs to keepalived",
            )


def udp_is_not_checked_by_tcp_unasked(draft: Draft) -> Iterator[Finding]:
    """The default check would find every UDP-only server dead."""
    for name, service in draft.services.items():
        by_default = service.ipvs is IpvsTable.KEEPALIVED and "health_check" not in service.model_fields_set
        if service.protocol is Protocol.UDP and by_default:
            yield Finding(
                at("services", name, "health-check"),
                "a UDP service needs its check said",
                f"The default connects to TCP port {service.port}, so a server that speaks only UDP would be out",
                "Say health-check: { type: tcp } if the servers accept TCP there too, else ipvs: static",
            )
