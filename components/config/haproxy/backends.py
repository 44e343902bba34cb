"""``haproxy.backends``: the servers that do the work, and how a connection finds one."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from components.config.base import IPV4, IPV6, AnyAddress, Name, Noun
from components.config.haproxy.modes import Mode


class Balance(StrEnum):
    """HAProxy's algorithms, by its own names; ``hdr`` and ``url_param`` need a name in ``balance-on``."""

    ROUND_ROBIN = "roundrobin"
    STATIC_ROUND_ROBIN = "static-rr"
    LEAST_CONNECTIONS = "leastconn"
    FIRST = "first"
    SOURCE = "source"
    RANDOM = "random"
    URI = "uri"
    URL_PARAMETER = "url_param"
    HEADER = "hdr"


class Family(StrEnum):
    """By which of its addresses a real server is asked."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"

    @property
    def version(self) -> int:
        """As addresses have it: 4 or 6."""
        return IPV4 if self is Family.IPV4 else IPV6


class SendProxy(StrEnum):
    """Whether the servers are told the client's address by the PROXY protocol."""

    NONE = "none"
    V1 = "v1"
    V2 = "v2"


_SHORTEST = 0.1  # seconds


class _Check(Noun):
    """When a server is in and when it is out."""

    interval: float = Field(default=2.0, ge=_SHORTEST, le=3600, description="seconds between checks")
    fast_interval: float | None = Field(
        default=None,
        ge=_SHORTEST,
        le=3600,
        description="the same of a server that is out, or about to change; default: a quarter of interval",
    )
    rise: int = Field(default=2, ge=1, le=100, description="successes in a row until a server is in")
    fall: int = Field(default=3, ge=1, le=100, description="failures in a row until it is out")

    @property
    def hurried(self) -> float:
        """Seconds between checks of a server that is out, or about to change."""
        return max(self.interval / 4, _SHORTEST) if self.fast_interval is None else self.fast_interval


class TcpServerCheck(_Check):
    """A server is healthy when it accepts a connection."""

    type: Literal["tcp"] = Field(default="tcp", description="the server must accept a connection")


class HttpServerCheck(_Check):
    """A server is healthy when it answers a request with the wanted status."""

    type: Literal["http"] = Field(description="the server must answer a request")
    path: str = Field(default="/", pattern=r"^/[A-Za-z0-9._~:/?@!$&()*+,;=%-]*$", description="what is asked for")
    host: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9.:-]{1,255}$",
        description="the Host of the request; default: none (HTTP/1.0)",
    )
    status: int = Field(default=200, ge=100, le=599, description="the status that means healthy")


ServerCheck = Annotated[TcpServerCheck | HttpServerCheck, Field(discriminator="type")]


class ServerConfig(Noun):
    """One server of a backend; without an address it is the stack's real server of this name."""

    address: AnyAddress | None = Field(default=None, description="of a server that is not the stack's own")
    port: int | None = Field(default=None, ge=1, le=65535, description="default: the backend's")
    weight: int = Field(default=1, ge=0, le=256, description="its share; 0 takes no new connections")
    backup: bool = Field(default=False, description="used only when all others are out")
    maxconn: int | None = Field(default=None, ge=1, le=1000000, description="connections at once; the next ones wait")


class StickConfig(Noun):
    """A client stays with its server: its address is remembered in a table."""

    size: int = Field(default=100000, ge=1, le=10000000, description="clients that are remembered")
    expire: int = Field(default=1800, ge=1, le=864000, description="seconds after a client's last connection")


class BackendConfig(Noun):
    """Servers that serve the same."""

    mode: Mode = Field(default=Mode.HTTP, description="that of the frontends that use it")
    balance: Balance = Field(default=Balance.LEAST_CONNECTIONS, description="HAProxy's algorithm, by its own name")
    balance_on: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9_-]{1,64}$", description="the header (hdr) or URL parameter (url_param)"
    )
    port: int = Field(ge=1, le=65535, description="where its servers listen")
    servers: dict[Name, ServerConfig] = Field(
        default_factory=dict[str, ServerConfig], description="by name; none: all real servers of the stack"
    )
    family: Family = Field(
        default=Family.IPV4,
        description="by which of their addresses real servers of the stack are asked, whatever clients came by",
    )
    check: ServerCheck = Field(default=TcpServerCheck(), description="what tells a healthy server")
    send_proxy: SendProxy = Field(
        default=SendProxy.NONE, description="tell the servers the client's address by the PROXY protocol"
    )
    stick: StickConfig | None = Field(default=None, description="a client stays with the server that it got first")
