"""Forwarding: which virtual servers there are, and which real servers stand behind each.

IPVS's own vocabulary is in the templates; here are the field's words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from components.config.base import IPAddress, PortRange
from components.config.health_checks import HealthCheck, NoCheck
from components.config.real_servers import RealServersConfig
from components.config.schedulers import Scheduler, SchedulerFlag
from components.config.services import (
    Forwarding,
    IpvsTable,
    PersistenceConfig,
    Protocol,
    QuorumConfig,
    ServiceConfig,
)
from components.plan.firewall import PortAddress
from components.plan.tracking import TrackFile
from components.plan.vrrp import InstanceExtras, SyncGroup, VrrpInstance

# The mark of a range is its first port, so that who reads the table knows it, and a service that comes or goes moves no
# other's; UDP's lie above TCP's, and a first port that is taken (by another virtual IP's range) moves above both.
_UDP_MARKS = 1 << 16
_NEXT_MARKS = 1 << 17

# An IPVS destination without a port of its own takes what the client asked for.
SAME_PORT = 0


@dataclass(frozen=True)
class RealServer:
    """A real server as the directors see it: its key, where it is and listens, and its weight.

    ``where`` is a port of the stack, whose address Neutron may choose, or the address of a server that is not ours.
    """

    host: str
    where: PortAddress | IPAddress
    port: int
    weight: int


@dataclass(frozen=True)
class SorryServer:
    """Who answers while there is no quorum."""

    address: IPAddress
    port: int
    forwarding: Forwarding


@dataclass(frozen=True)
class VirtualServer:
    """A virtual server with its real servers.

    ``mark`` is the firewall mark that a range of ports is known by; else it has one address and one port.
    ``check_port`` is the port that the check asks; None: where the real server listens.
    """

    service: str
    addresses: tuple[IPAddress, ...]
    ports: PortRange
    mark: int | None
    protocol: Protocol
    forwarding: Forwarding
    scheduler: Scheduler
    table: IpvsTable
    check: HealthCheck
    check_port: int | None
    real_servers: tuple[RealServer, ...]
    flags: tuple[SchedulerFlag, ...] = ()
    one_packet: bool = False
    persistence: PersistenceConfig | None = None
    quorum: QuorumConfig = field(default_factory=QuorumConfig)
    sorry_server: SorryServer | None = None

    @cached_property
    def by_host(self) -> Mapping[str, RealServer]:
        """The real servers by their keys."""
        return {real.host: real for real in self.real_servers}

    @property
    def quorum_file(self) -> TrackFile | None:
        """Where a director writes down that it lost this one's quorum; None: it asks nobody."""
        if self.table is not IpvsTable.KEEPALIVED or isinstance(self.check, NoCheck):
            return None
        name = f"{self.service}-{self.addresses[0]}"
        return TrackFile(name, f"/run/vipstack-quorum-{name}")


def plan_virtual_servers(
    services: Mapping[str, ServiceConfig],
    addresses: Mapping[str, IPAddress],
    real_servers: RealServersConfig | None,
) -> tuple[VirtualServer, ...]:
    """The virtual servers of every service: one for each of its virtual IPs, or one for all where a mark joins them.

    Args:
        services: by name, as the stack file has them.
        addresses: of the virtual IPs, by key.
        real_servers: the ``real-servers`` noun.
    """
    marks = _marks(services)
    return tuple(
        VirtualServer(
            service=name,
            addresses=served,
            ports=_given(service.clients_ports),
            mark=marks.get(name),
            protocol=service.protocol,
            forwarding=service.forwarding,
            scheduler=service.scheduler,
            table=service.ipvs,
            check=service.check,
            check_port=_check_port(service),
            real_servers=tuple(_real_servers(service, real_servers, served[0].version)),
            flags=service.scheduler_flags,
            one_packet=service.one_packet,
            persistence=service.persistence,
            quorum=service.quorum or QuorumConfig(),
            sorry_server=_sorry_server(service, served[0].version),
        )
        for name, service in services.items()
        for served in _shared_out(service, addresses)
    )


def followed_quorums(
    servers: tuple[VirtualServer, ...], instances: tuple[VrrpInstance, ...], groups: tuple[SyncGroup, ...]
) -> dict[str, InstanceExtras]:
    """The VRRP instances follow their virtual servers' quorums.

    A director that was cut off from the network has lost its real servers, and needs seconds to see that they are
    back. Returned as the other's master, it must not win over one that has them. Deliberately without the instances of
    a sync group, in which keepalived takes no weights.
    """
    grouped = {name for group in groups for name in group.instances}
    return {
        instance.name: InstanceExtras(
            files=tuple(
                server.quorum_file
                for server in servers
                if server.quorum_file and not set(instance.virtual_ips).isdisjoint(server.addresses)
            )
        )
        for instance in instances
        if instance.name not in grouped
    }


def virtual_ips_on(host: str, servers: tuple[VirtualServer, ...]) -> tuple[IPAddress, ...]:
    """The virtual IPs that a real server itself must have: those that reach it by direct routing."""
    return tuple(
        dict.fromkeys(
            address
            for server in servers
            if server.forwarding is Forwarding.DIRECT_ROUTING and host in server.by_host
            for address in server.addresses
        )
    )


def _shared_out(service: ServiceConfig, addresses: Mapping[str, IPAddress]) -> Iterator[tuple[IPAddress, ...]]:
    """The addresses of each of a service's virtual servers; a mark joins those of one family."""
    served = [addresses[key] for key in service.vips]
    if service.ports is None:
        yield from ((address,) for address in served)
    else:
        for version in dict.fromkeys(address.version for address in served):
            yield tuple(address for address in served if address.version == version)


def _marks(services: Mapping[str, ServiceConfig]) -> dict[str, int]:
    marks: dict[str, int] = {}
    taken: set[int] = set()
    for name, service in services.items():
        if service.ports:
            mark = service.ports.first + (_UDP_MARKS if service.protocol is Protocol.UDP else 0)
            while mark in taken:
                mark += _NEXT_MARKS
            taken.add(mark)
            marks[name] = mark
    return marks


def _check_port(service: ServiceConfig) -> int | None:
    if isinstance(service.check, NoCheck):
        return None
    return service.check.port or (service.ports.first if service.ports else None)


def _real_servers(service: ServiceConfig, config: RealServersConfig | None, version: int) -> Iterator[RealServer]:
    if config is None:
        return
    port = SAME_PORT if service.ports else _given(service.real_ports).first
    for key in service.real_servers or config.keys:
        own, here = config.servers.get(key), service.real_servers.get(key)
        weight = here.weight if here and here.weight is not None else config.weight_of(key)
        address = own.address_of(version) if own and own.existing else None
        where = address or PortAddress(f"{key}-{config.network}", version)
        yield RealServer(host=key, where=where, port=port, weight=weight)


def _sorry_server(service: ServiceConfig, version: int) -> SorryServer | None:
    sorry = service.sorry_server
    if sorry is None or (address := sorry.address_of(version)) is None:
        return None
    port = SAME_PORT if service.ports else sorry.port or _given(service.clients_ports).first
    return SorryServer(address, port, sorry.forwarding or service.forwarding)


def _given(ports: PortRange | None) -> PortRange:
    if ports is None:
        raise ValueError("a service without a port, which the rules refuse")
    return ports
