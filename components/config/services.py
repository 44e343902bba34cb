"""``services``: the virtual servers behind the virtual IPs."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from ipaddress import IPv6Address

from pydantic import Field

from components.config.base import AnyAddress, IPAddress, Name, Noun, PortRange, Ports
from components.config.health_checks import HealthCheck, TcpCheck, UdpCheck
from components.config.real_servers import HIGHEST_WEIGHT, RealServersConfig
from components.config.schedulers import Scheduler, SchedulerFlag
from components.config.virtual_ips import VirtualIpConfig

# ipvsadm(8): a persistence timeout of more than 31 days is refused.
LONGEST_PERSISTENCE = 31 * 24 * 3600


class Protocol(StrEnum):
    """The transport protocol of a virtual server."""

    TCP = "tcp"
    UDP = "udp"


class Forwarding(StrEnum):
    """How IPVS hands a packet to a real server."""

    DIRECT_ROUTING = "direct-routing"
    NAT = "nat"


class IpvsTable(StrEnum):
    """Who owns the IPVS table: keepalived with health checks, or a table restored at boot."""

    KEEPALIVED = "keepalived"
    STATIC = "static"


class PersistenceConfig(Noun):
    """A client stays with its real server."""

    timeout: int = Field(
        default=300, ge=1, le=LONGEST_PERSISTENCE, description="seconds since its last connection; up to 31 days"
    )
    prefix: int | None = Field(
        default=None,
        ge=1,
        le=128,
        description="clients that share this many leading bits of their address are one client; default: all bits",
    )


class QuorumConfig(Noun):
    """How much weight must be healthy for the service to be served by its real servers."""

    weight: int = Field(default=1, ge=1, description="the sum of healthy weights that is wanted")
    hysteresis: int = Field(
        default=0, ge=0, description="up at the weight and this much more, down at less than the weight less this much"
    )


class SorryServerConfig(Noun):
    """Who answers while there is no quorum."""

    address: AnyAddress = Field(description="its own address, on a network of the directors")
    ipv6_address: IPv6Address | None = Field(
        default=None, description="its own for the virtual IPs of IPv6, where they and others are one service's"
    )
    port: int | None = Field(default=None, ge=1, le=65535, description="where it listens; default: the service's port")
    forwarding: Forwarding | None = Field(
        default=None, description="how a packet is handed to it; default: as to the real servers"
    )

    @property
    def addresses(self) -> Mapping[str, IPAddress]:
        """What the file gives, by the key that gives it."""
        return {"address": self.address} | ({"ipv6-address": self.ipv6_address} if self.ipv6_address else {})

    def address_of(self, version: int) -> IPAddress | None:
        """The address of a family (4 or 6), where the file gives one."""
        return next((address for address in self.addresses.values() if address.version == version), None)


class ServingConfig(Noun):
    """What a real server is to one service."""

    weight: int | None = Field(
        default=None, ge=0, le=HIGHEST_WEIGHT, description="its share of this service; default: its own weight"
    )


class ServiceConfig(Noun):
    """A virtual server: a port of virtual IPs, or a range of ports, shared out among real servers."""

    virtual_ip: str | None = Field(default=None, description="the key of a virtual IP of this file")
    virtual_ips: tuple[str, ...] = Field(default=(), description="the keys of several; instead of virtual-ip")
    port: int | None = Field(
        default=None, ge=1, le=65535, description="where clients connect, and where the real servers listen"
    )
    ports: Ports | None = Field(
        default=None, description="a range of them, balanced as one by a firewall mark; instead of port"
    )
    protocol: Protocol = Field(default=Protocol.TCP, description="the transport protocol")
    forwarding: Forwarding = Field(
        default=Forwarding.DIRECT_ROUTING,
        description="how a packet is handed to a real server: by its MAC alone, so that replies go straight to the "
        "client, or with its address translated, so that they come back by the directors",
    )
    real_port: int | None = Field(
        default=None, ge=1, le=65535, description="where the real servers listen, with nat; default: the port"
    )
    scheduler: Scheduler = Field(
        default=Scheduler.WEIGHTED_LEAST_CONNECTION, description="how IPVS picks a real server, by ipvsadm's names"
    )
    scheduler_flags: tuple[SchedulerFlag, ...] = Field(
        default=(), description="what sh or mh does besides, by ipvsadm's names"
    )
    persistence: PersistenceConfig | None = Field(
        default=None, description="keeps a client with its real server; default: each connection for itself"
    )
    one_packet: bool = Field(default=False, description="UDP: picks a real server for each datagram anew")
    real_servers: dict[Name, ServingConfig] = Field(
        default_factory=dict[str, ServingConfig], description="which of the real servers serve; default: all"
    )
    health_check: HealthCheck | None = Field(
        default=None, description="used where keepalived owns the table; default: the type of the protocol"
    )
    quorum: QuorumConfig | None = Field(
        default=None, description="when the sorry server takes over; default: when no real server is healthy"
    )
    sorry_server: SorryServerConfig | None = Field(default=None, description="who answers while there is no quorum")
    ipvs: IpvsTable = Field(
        default=IpvsTable.KEEPALIVED,
        description="who fills the IPVS table: keepalived with health checks, or a fixed table restored at boot",
    )

    @property
    def vips(self) -> tuple[str, ...]:
        """The keys of all its virtual IPs."""
        return self.virtual_ips or ((self.virtual_ip,) if self.virtual_ip else ())

    @property
    def clients_ports(self) -> PortRange | None:
        """Where clients connect; None where neither port nor ports is given, which a rule refuses."""
        return PortRange(first=self.port, last=self.port) if self.port else self.ports

    @property
    def real_ports(self) -> PortRange | None:
        """Where the real servers listen."""
        return PortRange(first=self.real_port, last=self.real_port) if self.real_port else self.clients_ports

    @property
    def ways(self) -> frozenset[Forwarding]:
        """How packets are handed on: to the real servers, and to the sorry server."""
        sorry = self.sorry_server and self.sorry_server.forwarding
        return frozenset({self.forwarding, sorry or self.forwarding})

    @property
    def check(self) -> HealthCheck:
        """The check as given, else that of the protocol: a TCP connection says nothing about a UDP service."""
        return self.health_check or (UdpCheck() if self.protocol is Protocol.UDP else TcpCheck())


def forwarding_networks(
    services: Mapping[str, ServiceConfig],
    virtual_ips: Mapping[str, VirtualIpConfig],
    real_servers: RealServersConfig | None,
) -> frozenset[str]:
    """The networks on which directors send packets that carry their clients' addresses.

    With direct routing that is the virtual IP's own network. With NAT it is the real servers': what goes back to the
    client carries the virtual IP.
    """

    def networks() -> Iterator[str]:
        for service in services.values():
            if Forwarding.DIRECT_ROUTING in service.ways:
                yield from (virtual_ips[key].network for key in service.vips if key in virtual_ips)
            if Forwarding.NAT in service.ways and real_servers:
                yield real_servers.network

    return frozenset(networks())
