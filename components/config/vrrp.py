"""``vrrp``: how the directors agree on who answers for the virtual IPs."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import Field

from components.config.base import Name, Noun
from components.config.keepalived import DaemonConfig, GratuitousArpConfig, NotificationConfig


class Timing(StrEnum):
    """How soon the others notice that a master is gone."""

    STANDARD = "standard"
    FAST = "fast"


# Seconds between adverts. Measured: 0.1 s brought no false failover to directors that get their CPU, and one to three
# in two minutes to starved ones; 0.2 s none to either.
INTERVALS: Mapping[Timing, float] = {Timing.STANDARD: 1.0, Timing.FAST: 0.1}

# How long a director that returns waits before it takes its virtual IPs back: its health checks must have put the real
# servers into the table again, else every connection in between is refused.
PREEMPT_DELAY = 10.0


class VrrpInstanceConfig(Noun):
    """A VRRP instance: the virtual IPs that move together under one virtual router ID."""

    virtual_ips: tuple[str, ...] = Field(min_length=1, description="the keys of virtual IPs of this file")
    virtual_router_id: int = Field(
        ge=1, le=255, description="unique on the network, for it is the last octet of the virtual MAC"
    )
    label: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._-]{1,10}$",
        description="for ifconfig and its like: what follows `<interface>:` in the virtual IPs' label, which has at "
        "most 15 characters, so 8 after ens160 or enp1s0 and 10 after eth0; without a virtual MAC only",
    )


class VrrpConfig(Noun):
    """What all VRRP instances of the stack share."""

    version: Literal[2, 3] = Field(default=3, description="intervals below a second need 3, a password needs 2")
    timing: Timing | None = Field(
        default=None,
        description="standard: an advert each second; fast: each 0.1 s, for directors that always get their CPU; an "
        "interval of your own, such as the 0.2 that holds on others too, is vrrp.advert-interval; default: standard",
    )
    advert_interval: float | None = Field(
        default=None,
        description="instead of timing, seconds between adverts; version 3: 0.01 to 40.95 in hundredths, version 2: "
        "whole seconds",
    )
    peer_network: str | None = Field(
        default=None,
        description="the key of the network over which adverts travel, the directors' own; default: the virtual IPs'",
    )
    virtual_mac: bool = Field(
        default=True,
        description="use the MAC of RFC 5798 (00:00:5e:00:01:<VRID>) instead of gratuitous ARP alone",
    )
    preempt: bool = Field(default=False, description="whether a director that returns takes its VIPs back")
    preempt_delay: float | None = Field(
        default=None,
        ge=0,
        le=1000,
        description=f"seconds that it waits before; default: {PREEMPT_DELAY:g}",
    )
    router_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
        description="prefix of keepalived's router_id, letters, digits, dots and hyphens; default: the host's name",
    )
    instances: dict[Name, VrrpInstanceConfig] = Field(
        min_length=1, description="one for each set of virtual IPs that move together"
    )
    sync_groups: dict[Name, tuple[str, ...]] = Field(
        default_factory=dict[str, tuple[str, ...]],
        description="by name, the keys of instances that are always on one director together",
    )
    gratuitous_arp: GratuitousArpConfig = Field(
        default_factory=GratuitousArpConfig, description="how a master tells its neighbours where the virtual IPs are"
    )
    notification: NotificationConfig | None = Field(default=None, description="mail at failures; default: none")
    daemon: DaemonConfig | None = Field(default=None, description="how keepalived runs")

    @property
    def interval(self) -> float:
        """Seconds between adverts, however the operator said it."""
        return self.advert_interval or INTERVALS[self.timing or Timing.STANDARD]
