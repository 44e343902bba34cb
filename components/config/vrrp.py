"""``vrrp``: how the directors agree on who answers for the virtual IPs."""

from typing import Literal

from pydantic import Field

from components.config.base import Name, Noun


class VrrpInstanceConfig(Noun):
    """A VRRP instance: the virtual IPs that move together under one virtual router ID."""

    virtual_ips: tuple[str, ...] = Field(min_length=1, description="the keys of virtual IPs of this file")
    virtual_router_id: int = Field(
        ge=1, le=255, description="unique on the network, for it is the last octet of the virtual MAC"
    )


class VrrpConfig(Noun):
    """What all VRRP instances of the stack share."""

    version: Literal[2, 3] = Field(default=3, description="intervals below a second need 3, a password needs 2")
    advert_interval: float = Field(
        default=1.0,
        description="seconds between adverts; version 3: 0.01 to 40.95 in hundredths, version 2: whole seconds",
    )
    virtual_mac: bool = Field(
        default=True,
        description="use the MAC of RFC 5798 (00:00:5e:00:01:<VRID>) instead of gratuitous ARP alone",
    )
    preempt: bool = Field(default=False, description="whether a director that returns takes its VIPs back")
    router_id: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
        description="prefix of keepalived's router_id, letters, digits, dots and hyphens; default: the host's name",
    )
    instances: dict[Name, VrrpInstanceConfig] = Field(
        min_length=1, description="one for each set of virtual IPs that move together"
    )
