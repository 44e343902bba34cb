"""``health-check``: how a director finds out whether a real server is fit to serve."""

from typing import Annotated, Literal

from pydantic import Field

from components.config.base import Noun

_Interval = Annotated[float, Field(ge=0.1, le=3600, description="seconds between checks")]
_Timeout = Annotated[float, Field(ge=0.1, le=3600, description="seconds until a check has failed")]
_Port = Annotated[
    int | None,
    Field(
        ge=1,
        le=65535,
        description="the port that is asked; default: where the real server listens, of a range its first",
    ),
]


class TcpCheck(Noun):
    """A real server is healthy when it accepts a connection."""

    type: Literal["tcp"] = Field(default="tcp", description="the server must accept a TCP connection")
    interval: _Interval = 2.0
    timeout: _Timeout = 2.0
    port: _Port = None


class UdpCheck(Noun):
    """A real server is healthy unless it says that nobody listens (ICMP port unreachable); silence is no refusal."""

    type: Literal["udp"] = Field(
        default="udp", description="the server must not refuse a datagram; one that says nothing counts as healthy"
    )
    interval: _Interval = 2.0
    timeout: _Timeout = 2.0
    port: _Port = None


class HttpCheck(Noun):
    """A real server is healthy when it answers a request with the wanted status."""

    type: Literal["http"] = Field(description="the server must answer a request")
    path: str = Field(default="/", pattern=r"^/[!-~]*$", description="what is asked for; begins with /, no spaces")
    status: int = Field(default=200, ge=100, le=599, description="the status that means healthy")
    interval: _Interval = 2.0
    timeout: _Timeout = 2.0
    port: _Port = None


class NoCheck(Noun):
    """A real server is always taken for healthy."""

    type: Literal["none"] = Field(description="nobody asks: the server stays in the table, dead or alive")


HealthCheck = Annotated[TcpCheck | UdpCheck | HttpCheck | NoCheck, Field(discriminator="type")]
