"""``services``: the virtual servers behind the virtual IPs."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from components.config.base import Noun


class Scheduler(StrEnum):
    """Every scheduler of IPVS, by the name that ipvsadm(8) gives it."""

    ROUND_ROBIN = "rr"
    WEIGHTED_ROUND_ROBIN = "wrr"
    LEAST_CONNECTION = "lc"
    WEIGHTED_LEAST_CONNECTION = "wlc"
    LOCALITY_LEAST_CONNECTION = "lblc"
    LOCALITY_LEAST_CONNECTION_REPLICATION = "lblcr"
    DESTINATION_HASHING = "dh"
    SOURCE_HASHING = "sh"
    SHORTEST_EXPECTED_DELAY = "sed"
    NEVER_QUEUE = "nq"
    WEIGHTED_FAILOVER = "fo"
    WEIGHTED_OVERFLOW = "ovf"
    MAGLEV_HASHING = "mh"


class Protocol(StrEnum):
    """The transport protocol of a virtual server."""

    TCP = "tcp"
    UDP = "udp"


class Forwarding(StrEnum):
    """How IPVS hands a packet to a real server."""

    DIRECT_ROUTING = "direct-routing"


class IpvsTable(StrEnum):
    """Who owns the IPVS table: keepalived with health checks, or a table restored at boot."""

    KEEPALIVED = "keepalived"
    STATIC = "static"


class TcpCheck(Noun):
    """A real server is healthy when it accepts a connection."""

    type: Literal["tcp"] = Field(default="tcp", description="the server must accept a connection")
    interval: float = Field(default=2.0, ge=0.1, le=3600, description="seconds between checks")
    timeout: float = Field(default=2.0, ge=0.1, le=3600, description="seconds until a check has failed")


class HttpCheck(Noun):
    """A real server is healthy when it answers a request with the wanted status."""

    type: Literal["http"] = Field(description="the server must answer a request")
    path: str = Field(default="/", pattern=r"^/[!-~]*$", description="what is asked for; begins with /, no spaces")
    status: int = Field(default=200, ge=100, le=599, description="the status that means healthy")
    interval: float = Field(default=2.0, ge=0.1, le=3600, description="seconds between checks")
    timeout: float = Field(default=2.0, ge=0.1, le=3600, description="seconds until a check has failed")


HealthCheck = Annotated[TcpCheck | HttpCheck, Field(discriminator="type")]


class ServiceConfig(Noun):
    """A virtual server: a port of a virtual IP, shared out among the real servers."""

    virtual_ip: str = Field(description="the key of a virtual IP of this file")
    port: int = Field(ge=1, le=65535, description="where clients connect, and where the real servers listen")
    protocol: Protocol = Field(default=Protocol.TCP, description="the transport protocol")
    forwarding: Forwarding = Field(
        default=Forwarding.DIRECT_ROUTING, description="how a packet is handed to a real server"
    )
    scheduler: Scheduler = Field(
        default=Scheduler.WEIGHTED_LEAST_CONNECTION, description="how IPVS picks a real server, by ipvsadm's names"
    )
    health_check: HealthCheck = Field(default=TcpCheck(), description="used where keepalived owns the table")
    ipvs: IpvsTable = Field(
        default=IpvsTable.KEEPALIVED,
        description="who fills the IPVS table: keepalived with health checks, or a fixed table restored at boot",
    )
