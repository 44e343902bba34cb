"""Policy routing: a table for each address of the directors, so that replies leave by the gateway they came in by.

The kernel asks its rules in the order of their priorities: local addresses (0); for each of our addresses `from` and
`to`, which look into the table of its NIC (from 1010 up); what the main table knows but no default route (32764); the
default route of the main network (32765); the main table as it is (32766).

So the main table is left to DHCP. A host with several NICs gets several default routes from it, and which of them is in
force depends on which lease came first; with the two rules before the main table it no longer matters. The same holds
of IPv6, where routers announce themselves: the kernel keeps rules, and a table's routes, apart by family.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from itertools import count

from components.config.base import IPV4, IPV6, IPAddress, IPNetwork
from components.config.networks import NetworkConfig
from components.config.policy_routing import RoutingTableConfig
from components.config.stack import StackConfig
from components.plan.firewall import ANYWHERE, ANYWHERE6
from components.plan.tracking import VirtualRoute, VirtualRule
from components.plan.vrrp import InstanceExtras

FIRST_ID = 101
FIRST_PRIORITY = 1010
_BETWEEN_TABLES = 10  # room for an operator's own rules, and easy to read

# Routes that stand by in a virtual IP's table: keepalived's, of metric 0, come first. A NIC that loses its last address
# takes all its routes along, and keepalived does not notice (seen with 2.2.7 when systemd-networkd starts again).
# Of IPv6 the kernel gives a route that says no metric 1024 (IP6_RT_PRIO_USER).
STANDBY_METRIC = {IPV4: 100, IPV6: 2048}

SPECIFIC_PRIORITY = 32764
DEFAULT_PRIORITY = 32765


@dataclass(frozen=True)
class RoutingTable:
    """A table of the directors for one family, its gateway's; packets that leave by it do so on ``network``.

    ``virtual_ip`` is the key of the virtual IP that the table is for, and with which it moves; None: it is for the
    directors' own addresses on the network, and there is one of the same name, id and priority for the other family,
    where the network has that. ``priority`` is that of the rule `from`, one more that of `to`.
    """

    name: str
    id: int
    priority: int
    network: str
    gateway: IPAddress
    virtual_ip: str | None

    @property
    def family(self) -> int:
        """4 or 6."""
        return self.gateway.version


@dataclass(frozen=True)
class PolicyRouting:
    """The tables of every director; ``mains``, one for each family, are those by which its own connections leave."""

    tables: tuple[RoutingTable, ...]
    mains: tuple[RoutingTable, ...]


def plan_policy_routing(config: StackConfig) -> PolicyRouting | None:
    """The tables: a NIC's in the order of the NICs, then the virtual IPs'; None where nobody asks for any.

    Virtual IPs of IPv6 come last, so that one that is added gives no table of IPv4 another number.
    """
    wanted = config.policy_routing
    if wanted is None:
        return None
    given = wanted.tables
    ids = _free(FIRST_ID, 1, (table.id for table in given.values()))
    taken = [number for table in given.values() if table.priority for number in (table.priority, table.priority + 1)]
    priorities = _free(FIRST_PRIORITY, _BETWEEN_TABLES, taken)
    tables: list[RoutingTable] = []
    for name, network, said in _wishes(config, given):
        number = next(ids) if said.id is None else said.id
        priority = next(priorities) if said.priority is None else said.priority
        ways = _gateways(config, network, said)
        tables += [RoutingTable(name, number, priority, network, way, said.virtual_ip) for way in ways]
    return PolicyRouting(tuple(tables), tuple(_mains(tables, wanted.main_network)))


def _mains(tables: Iterable[RoutingTable], network: str | None) -> Iterator[RoutingTable]:
    """For each family the table of the main network, else the first NIC's that has one."""
    for version in (IPV4, IPV6):
        own = [table for table in tables if table.virtual_ip is None and table.family == version]
        yield from sorted(own, key=lambda table: table.network != network)[:1]


def _gateways(config: StackConfig, network: str, said: RoutingTableConfig) -> Iterator[IPAddress]:
    """The gateways by which a table leaves: a NIC's table has one for each family, a virtual IP's that of its own."""
    vip = config.virtual_ips[said.virtual_ip].address if said.virtual_ip else None
    for version in (vip.version,) if vip else (IPV4, IPV6):
        subnet = config.networks[network].subnet_of(version)
        if subnet and _is_wanted(config.networks[network], said, version):
            yield said.gateway_of(version) or subnet.gateway


def _is_wanted(network: NetworkConfig, said: RoutingTableConfig, version: int) -> bool:
    """Whether a table has somewhere to lead, by a family."""
    return network.leads_out_by(version) or said.gateway_of(version) is not None


def _wishes(
    config: StackConfig, given: Mapping[str, RoutingTableConfig]
) -> Iterator[tuple[str, str, RoutingTableConfig]]:
    """Each table's name, the network by which it leaves, and what the operator said of it."""
    by_network = {table.network: (name, table) for name, table in given.items() if table.network}
    by_virtual_ip = {table.virtual_ip: (name, table) for name, table in given.items() if table.virtual_ip}
    for nic in config.directors.nics:
        name, said = by_network.get(nic.network, (f"nic-{nic.network}", RoutingTableConfig(network=nic.network)))
        if any(_is_wanted(config.networks[nic.network], said, version) for version in (IPV4, IPV6)):
            yield name, nic.network, said
    for key, vip in sorted(config.virtual_ips.items(), key=lambda item: item[1].address.version):
        name, said = by_virtual_ip.get(key, (f"vip-{key}", RoutingTableConfig(virtual_ip=key)))
        if _is_wanted(config.networks[vip.network], said, vip.address.version):
            yield name, vip.network, said


def _free(first: int, step: int, taken: Iterable[int | None]) -> Iterator[int]:
    """Numbers that nobody has; a table takes two priorities, and the step leaves room for the second."""
    known = frozenset(taken)
    return (number for number in count(first, step) if not known & {number, number + 1 if step > 1 else number})


def moving_routes(config: StackConfig, routing: PolicyRouting | None) -> Mapping[str, InstanceExtras]:
    """What moves with the virtual IPs, by the VRRP instance that moves them.

    The source's address is on a director only while that is master, and the kernel refuses a route whose preferred
    source is not there: a script at boot cannot add it on the other one.
    """
    tables = {table.virtual_ip: table for table in routing.tables if table.virtual_ip} if routing else {}
    extras: dict[str, InstanceExtras] = {}
    for name, instance in config.vrrp.instances.items():
        own = [tables[key] for key in instance.virtual_ips if key in tables]
        routes = (route for table in own for route in _routes(config, table))
        rules = (rule for table in own for rule in _rules(config, table))
        extras[name] = InstanceExtras(routes=tuple(routes), rules=tuple(rules))
    return extras


def _routes(config: StackConfig, table: RoutingTable) -> tuple[VirtualRoute, VirtualRoute]:
    vip = config.virtual_ips[table.virtual_ip or ""].address
    anywhere = ANYWHERE if table.family == IPV4 else ANYWHERE6
    return (
        VirtualRoute(_subnet(config, table), table.network, source=vip, table=table.id),
        VirtualRoute(anywhere, table.network, gateway=table.gateway, source=vip, table=table.id),
    )


def _subnet(config: StackConfig, table: RoutingTable) -> IPNetwork:
    """The subnet that is on the link by which a table's packets leave.

    Raises:
        LookupError: the network has none of this family, and so no such table.
    """
    subnet = config.networks[table.network].subnet_of(table.family)
    if subnet is None:
        raise LookupError(table.name)
    return subnet.cidr


def _rules(config: StackConfig, table: RoutingTable) -> tuple[VirtualRule, VirtualRule]:
    vip = ip_network(config.virtual_ips[table.virtual_ip or ""].address)
    return (
        VirtualRule(table=table.id, priority=table.priority, source=vip),
        VirtualRule(table=table.id, priority=table.priority + 1, destination=vip),
    )
