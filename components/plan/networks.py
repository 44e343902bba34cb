"""Networks: their names in Neutron, gateways, pools and routers.

Deliberately does not check that the ranges make sense; ``components.config.rules`` has refused those that do not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from components.config.base import AddressRange, IPAddress, IPNetwork
from components.config.networks import NetworkConfig
from components.config.subnets import Subnet
from components.plan.bonds import Bond, nic_word


@dataclass(frozen=True)
class RouterRoute:
    """What a router reaches by somebody on a network of its own; ``key`` is the route's identity within the stack."""

    key: str
    destination: IPNetwork
    next_hop: IPAddress


@dataclass(frozen=True)
class RouterPlan:
    """A router of the stack's own; ``name`` is its name in Neutron."""

    name: str
    external_network: str
    snat: bool
    routes: tuple[RouterRoute, ...] = ()


@dataclass(frozen=True)
class NetworkPlan:
    """A network; ``key`` is its key in the stack file, ``name`` its name in Neutron (also where it exists already)."""

    key: str
    name: str
    existing: bool
    cidr: IPv4Network
    gateway: IPv4Address
    allocation_pools: tuple[AddressRange, ...]
    dns_servers: tuple[IPv4Address, ...]
    search_domain: str | None
    mtu: int | None
    router: RouterPlan | None
    ipv6: Subnet | None = None
    bond: Bond | None = None

    @property
    def ipv6_name(self) -> str:
        """The name in Neutron of the subnet of IPv6."""
        return f"{self.name}-ipv6"

    @property
    def interface(self) -> str:
        """A director's interface: its bond's bridge, or a word for its NIC until the guest finds it by its MAC."""
        return self.bond.bridge if self.bond else nic_word(self.key)


def plan_networks(
    stack: str,
    networks: dict[str, NetworkConfig],
    bonds: Mapping[str, Bond],
    routes: Mapping[str, tuple[RouterRoute, ...]],
) -> tuple[NetworkPlan, ...]:
    """One plan for each network of the stack file, in its order; ``bonds`` and its router's ``routes`` by network."""
    return tuple(
        _plan_network(stack, key, config, bonds.get(key), routes.get(key, ())) for key, config in networks.items()
    )


def _plan_network(
    stack: str, key: str, config: NetworkConfig, bond: Bond | None, routes: tuple[RouterRoute, ...]
) -> NetworkPlan:
    router = config.router and RouterPlan(
        name=f"{stack}-{key}",
        external_network=config.router.external_network,
        snat=config.router.snat,
        routes=routes,
    )
    return NetworkPlan(
        key=key,
        name=config.existing or f"{stack}-{key}",
        existing=config.existing is not None,
        cidr=config.cidr,
        gateway=config.gateway_address,
        allocation_pools=config.pools,
        dns_servers=config.dns_servers,
        search_domain=config.search_domain,
        mtu=config.mtu,
        router=router,
        ipv6=config.subnet_of(6),
        bond=bond,
    )
