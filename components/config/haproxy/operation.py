"""How HAProxy is run and watched: timeouts, statistics, logs, peers."""

from typing import Literal

from pydantic import Field

from components.config.base import AnyAddress, AnySubnet, Noun


class TimeoutsConfig(Noun):
    """For how long, in seconds, HAProxy waits."""

    http_request: float = Field(default=10.0, ge=0.1, le=86400, description="for a whole request's head")
    queue: float = Field(default=60.0, ge=0.1, le=86400, description="for a server with room")
    connect: float = Field(default=10.0, ge=0.1, le=86400, description="for a server to accept")
    client: float = Field(default=60.0, ge=0.1, le=86400, description="for a client that says nothing")
    server: float = Field(default=60.0, ge=0.1, le=86400, description="for a server that says nothing")
    http_keep_alive: float = Field(default=10.0, ge=0.1, le=86400, description="for a client's next request")
    check: float = Field(default=10.0, ge=0.1, le=86400, description="for the answer to a health check")


class StatsPageConfig(Noun):
    """The statistics page, on each director's own address: each knows only its own numbers."""

    network: str = Field(description="the key of the network on whose addresses it listens")
    port: int = Field(default=8404, ge=1, le=65535, description="where it listens, by plain HTTP")
    path: str = Field(default="/stats", pattern=r"^/[A-Za-z0-9._~/-]*$", description="its path")
    allow_from: tuple[AnySubnet, ...] = Field(min_length=1, description="who may read it; not everybody")


class PeersConfig(Noun):
    """The directors tell each other their stick tables, so that a failover forgets no client."""

    network: str = Field(description="the key of the network over which they talk")
    port: int = Field(default=10000, ge=1, le=65535, description="where each director listens for the others")


class RemoteLogConfig(Noun):
    """A log server that gets a copy."""

    address: AnyAddress = Field(description="of the log server")
    port: int = Field(default=514, ge=1, le=65535, description="where it listens")
    protocol: Literal["udp", "tcp"] = Field(default="udp", description="how it listens")


class LoggingConfig(Noun):
    """Where HAProxy's log goes: requests into haproxy.log, states of servers into haproxy-status.log."""

    facility: Literal["local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"] = Field(
        default="local2", description="syslog's facility, HAProxy's alone"
    )
    keep: int = Field(default=7, ge=0, le=3650, description="days for which rotated logs are kept")
    remote: RemoteLogConfig | None = Field(default=None, description="a log server that gets a copy")
