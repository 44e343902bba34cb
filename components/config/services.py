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

    type: Literal["tcp"] = "tcp"
    interval: float = Field(default=2.0, gt=0, description="seconds between checks")
    timeout: float = Field(default=2.0, gt=0, description="seconds until a check has failed")


class HttpCheck(Noun):
    """A real server is healthy when it answers a request with the wanted status."""

    type: Literal["http"]
    path: str = Field(default="/", pattern=r"^/[!-~]*$")
    status: int = Field(default=200, ge=100, le=599)
    interval: float = Field(default=2.0, gt=0, description="seconds between checks")
    timeout: float = Field(default=2.0, gt=0, description="seconds until a check has failed")


HealthCheck = Annotated[TcpCheck | HttpCheck, Field(discriminator="type")]


class ServiceConfig(Noun):
    """A virtual server: a port of a virtual IP, shared out among the real servers."""

    virtual_ip: str
    port: int = Field(description="1 to 65535")
    protocol: Protocol = Protocol.TCP
    forwarding: Forwarding = Forwarding.DIRECT_ROUTING
    scheduler: Scheduler = Scheduler.WEIGHTED_LEAST_CONNECTION
    health_check: HealthCheck = Field(default=TcpCheck(), description="used where keepalived owns the table")
    ipvs: IpvsTable = IpvsTable.KEEPALIVED
