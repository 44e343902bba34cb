"""Hosts and their ports: the servers of the stack, where each is plugged in, and what its port may send.

A port is a resource of its own, so that an address outlives the instance.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import TypeVar

from components.config.base import IPV4, IPNetwork
from components.plan.firewall import IngressRule


class Role(StrEnum):
    """What a host is for; the folder of its templates below cloud-init/."""

    DIRECTOR = "director"
    REAL_SERVER = "real-server"
    OBSERVER = "observer"


class Feature(StrEnum):
    """What else a director does; the folder of its templates and static files below cloud-init/.

    Packages and static files come with the bootstrap, so a running server cannot gain one.
    """

    GATEWAY = "gateway"
    CONNECTION_SYNC = "connection-sync"
    LOAD_BALANCER = "load-balancer"
    POLICY_ROUTING = "policy-routing"
    BONDS = "bonds"


Part = TypeVar("Part")


def planned(part: Part | None, feature: Feature) -> Part:
    """What the plan says of a feature that a host has.

    Raises:
        LookupError: nothing; the planner gives both or neither.
    """
    if part is None:
        raise LookupError(feature)
    return part


@dataclass(frozen=True)
class AddressPair:
    """An allowed-address pair.

    ``mac`` None is the port's own MAC: the provider's state and Neutron's answer agree only where it is left out.
    """

    address: IPNetwork
    mac: str | None = None


@dataclass(frozen=True)
class Leg:
    """Another NIC of a bonded port: a Neutron port without addresses.

    Frames of the whole bond come and go by it, so nothing filters it. ``interface`` is its word in the guest's files.
    """

    key: str
    name: str
    network: str
    interface: str


@dataclass(frozen=True)
class Port:
    """A Neutron port. An address None leaves the choice to the allocation pool; ``ipv6`` says whether it has two.

    ``security_groups`` are keys of the plan's groups. ``security`` False is port security switched off: then there are
    neither groups nor pairs (Neutron refuses both). ``guest_rules`` are what the guest itself lets in; none: it leaves
    that to the cloud. ``way_out`` False: DHCP must not offer this guest the network's gateway.
    """

    key: str
    name: str
    network: str
    address: IPv4Address | None
    security: bool
    security_groups: tuple[str, ...]
    pairs: tuple[AddressPair, ...]
    guest_rules: tuple[IngressRule, ...] = ()
    floating_ip: str | None = None
    ipv6: bool = False
    ipv6_address: IPv6Address | None = None
    way_out: bool = True
    legs: tuple[Leg, ...] = ()


def address_key(port: str, version: int) -> str:
    """Under which key the plan's address book has a port's address of a family (4 or 6); no name has a dot."""
    return port if version == IPV4 else f"{port}.ipv6"


@dataclass(frozen=True)
class Host:
    """A server of the stack. ``key`` is its identity within the stack, ``name`` its name in Nova and its host name.

    ``behind`` are the keys of the hosts over which it reaches its packages, so they are ready before it boots.
    """

    key: str
    name: str
    role: Role
    image: str
    flavor: str
    availability_zone: str | None
    placement: str | None
    ports: tuple[Port, ...] = field(default=())
    features: tuple[Feature, ...] = ()
    behind: tuple[str, ...] = ()

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The further NICs of all bonds."""
        return tuple(leg for port in self.ports for leg in port.legs)

    def port_on(self, network: str) -> Port:
        """The host's port on a network.

        Raises:
            KeyError: the host has none there.
        """
        for port in self.ports:
            if port.network == network:
                return port
        raise KeyError(network)
