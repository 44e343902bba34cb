"""``virtual-ips``: the addresses that move between directors."""

from ipaddress import IPv4Address

from pydantic import Field

from components.config.base import CloudName, Noun


class VirtualIpConfig(Noun):
    """One virtual IP, reserved in Neutron by a port that belongs to no server."""

    network: str = Field(description="the key of a network of this file")
    address: IPv4Address = Field(description="inside the subnet, outside every allocation pool")
    floating_ip: CloudName | None = Field(
        default=None, description="name of the external network from which the VIP gets a floating IP"
    )
