"""``haproxy`` as a whole."""

from enum import StrEnum

from pydantic import Field

from components.config.base import Name, Noun
from components.config.haproxy.backends import BackendConfig
from components.config.haproxy.frontends import FrontendConfig
from components.config.haproxy.operation import LoggingConfig, PeersConfig, StatsPageConfig, TimeoutsConfig


class HostFirewall(StrEnum):
    """What filters on the directors themselves, behind the cloud's security groups."""

    NFTABLES = "nftables"
    FIREWALLD = "firewalld"


class Connection(StrEnum):
    """What becomes of a server's connection after a request."""

    SERVER_CLOSE = "server-close"
    KEEP_ALIVE = "keep-alive"


class HaproxyConfig(Noun):
    """The load balancer that every director runs; the one that holds a virtual IP answers there."""

    frontends: dict[Name, FrontendConfig] = Field(min_length=1, description="where clients connect, by name")
    backends: dict[Name, BackendConfig] = Field(min_length=1, description="the servers behind, by name")
    maxconn: int = Field(default=4000, ge=1, le=1000000, description="connections at once, of all frontends together")
    retries: int = Field(default=3, ge=0, le=100, description="attempts on a server that does not accept")
    connection: Connection = Field(
        default=Connection.SERVER_CLOSE, description="http: what becomes of a server's connection after a request"
    )
    timeouts: TimeoutsConfig = Field(default=TimeoutsConfig(), description="for how long HAProxy waits, in seconds")
    stats_page: StatsPageConfig | None = Field(default=None, description="the page with the statistics; none: no page")
    peers: PeersConfig | None = Field(default=None, description="none: stick tables begin empty after a failover")
    logging: LoggingConfig = Field(default=LoggingConfig(), description="where the log goes")
    host_firewall: HostFirewall = Field(
        default=HostFirewall.NFTABLES,
        description="what filters on the directors; firewalld needs os-family redhat, and directors made for it",
    )
