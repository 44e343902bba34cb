"""``virtual-ips``: the addresses that move between directors."""

from pydantic import Field

from components.config.base import AnyAddress, CloudName, Noun


class VirtualIpConfig(Noun):
    """One virtual IP, reserved in Neutron by a port that belongs to no server."""

    network: str = Field(description="the key of a network of this file")
    address: AnyAddress = Field(
        description="IPv4 or IPv6, inside the network's subnet of its family, outside every allocation pool"
    )
    floating_ip: CloudName | None = Field(
        default=None, description="name of the external network from which the VIP gets a floating IP"
    )
