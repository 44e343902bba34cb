"""Settings of keepalived itself, below ``vrrp``: its gratuitous ARP, its mail and how it runs."""

from pydantic import Field

from components.config.base import AnyAddress, Noun


class GratuitousArpConfig(Noun):
    """How often a master tells its neighbours where the virtual IPs are now (IPv6: unsolicited advertisements)."""

    delay: int = Field(
        default=1, ge=0, le=3600, description="seconds until the new master tells it once more; 0: never"
    )
    count: int = Field(default=5, ge=1, le=100, description="packets each time, for each virtual IP")
    refresh: int = Field(
        default=12, ge=0, le=86400, description="seconds after which a master tells it again and again; 0: never"
    )
    refresh_count: int = Field(default=1, ge=1, le=100, description="packets each time it is told again")


class NotificationConfig(Noun):
    """The mail that a director sends when an instance changes its state or a real server fails its check."""

    to: tuple[str, ...] = Field(min_length=1, description="mail addresses")
    sender: str | None = Field(
        default=None, alias="from", description="mail address; default: keepalived@ and the host's name"
    )
    smtp_server: AnyAddress = Field(
        description="address of the mail relay; no name, for keepalived refuses its configuration while DNS is away"
    )
    port: int = Field(default=25, ge=1, le=65535, description="the relay's port")
    timeout: int = Field(default=30, ge=1, le=600, description="seconds until a connection to the relay has failed")


class DaemonConfig(Noun):
    """keepalived's command line. A change restarts keepalived, so the virtual IPs move."""

    log_detail: bool = Field(default=False, description="log each step (--log-detail)")
    syslog_facility: int | None = Field(
        default=None, ge=0, le=7, description="log to local0 ... local7; default: the facility daemon"
    )
