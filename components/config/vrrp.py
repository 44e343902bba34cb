"""``vrrp``: how the directors agree on who answers for the virtual IPs."""

from pydantic import Field

from components.config.base import Name, Noun


class VrrpInstanceConfig(Noun):
    """A VRRP instance: the virtual IPs that move together under one virtual router ID."""

    virtual_ips: tuple[str, ...]
    virtual_router_id: int = Field(description="1 to 255, unique on the network: it is the last octet of the VMAC")


class VrrpConfig(Noun):
    """What all VRRP instances of the stack share."""

    version: int = Field(default=3, description="2 or 3; intervals below a second need 3")
    advert_interval: float = Field(default=1.0, description="seconds between adverts, in hundredths")
    virtual_mac: bool = Field(
        default=True,
        description="use the MAC of RFC 5798 (00:00:5e:00:01:<VRID>) instead of gratuitous ARP alone",
    )
    preempt: bool = Field(default=False, description="whether a director that returns takes its VIPs back")
    router_id: str | None = Field(
        default=None, description="prefix of keepalived's router_id; default: the host's name"
    )
    instances: dict[Name, VrrpInstanceConfig]
