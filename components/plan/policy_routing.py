"""Policy routing: a table for each address of the directors, so that replies leave by the gateway they came in by.

The kernel asks its rules in the order of their priorities: local addresses (0); for each of our addresses `from` and
`to`, which look into the table of its NIC (from 1010 up); what the main table knows but no default route (32764); the
default route of the main network (32765); the main table as it is (32766).

So the main table is left to DHCP. A host with several NICs gets several default routes from it, and which of them is in
force depends on which lease came first; with the two rules before the main table it no longer matters.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from itertools import count

from components.config.policy_routing import RoutingTableConfig
from components.config.stack import StackConfig
from components.plan.firewall import ANYWHERE
from components.plan.tracking import VirtualRoute, VirtualRule
from components.plan.vrrp import InstanceExtras

FIRST_ID = 101
FIRST_PRIORITY = 1010
_BETWEEN_TABLES = 10  # room for an operator's own rules, and easy to read

# Routes that stand by in a virtual IP's table: keepalived's, of metric 0, come first. A NIC that loses its last address
# takes all its routes along, and keepalived does not notice (seen with 2.2.7 when systemd-networkd starts again).
STANDBY_METRIC = 100

SPECIFIC_PRIORITY = 32764
DEFAULT_PRIORITY = 32765


@dataclass(frozen=True)
class RoutingTable:
    """A table of the directors; packets that leave by it do so on ``network``.

    ``virtual_ip`` is the key of the virtual IP that the table is for, and with which it moves; None: it is for the
    directors' own addresses on the network. ``priority`` is that of the rule `from`, one more that of `to`.
    """

    name: str
    id: int
    priority: int
    network: str
    gateway: IPv4Address
    virtual_ip: str | None


@dataclass(frozen=True)
class PolicyRouting:
    """The tables of every director; ``main`` is the one by whose gateway a director's own connections leave."""

    tables: tuple[RoutingTable, ...]
    main: RoutingTable


def plan_policy_routing(config: StackConfig) -> PolicyRouting | None:
    """The tables: a NIC's in the order of the NICs, then the virtual IPs'; None where nobody asks for any."""
    wanted = config.policy_routing
    if wanted is None:
        return None
    given = wanted.tables
    ids = _free(FIRST_ID, 1, (table.id for table in given.values()))
    taken = [number for table in given.values() if table.priority for number in (table.priority, table.priority + 1)]
    priorities = _free(FIRST_PRIORITY, _BETWEEN_TABLES, taken)
    tables = tuple(
        RoutingTable(
            name=name,
            id=next(ids) if said.id is None else said.id,
            priority=next(priorities) if said.priority is None else said.priority,
            network=network,
            gateway=said.gateway or config.networks[network].gateway_address,
            virtual_ip=said.virtual_ip,
        )
        for name, network, said in _wishes(config, given)
    )
    own = [table for table in tables if table.virtual_ip is None]
    main = next((table for table in own if table.network == wanted.main_network), own[0])
    return PolicyRouting(tables, main)


def _wishes(
    config: StackConfig, given: Mapping[str, RoutingTableConfig]
) -> Iterator[tuple[str, str, RoutingTableConfig]]:
    """Each table's name, the network by which it leaves, and what the operator said of it."""
    by_network = {table.network: (name, table) for name, table in given.items() if table.network}
    by_virtual_ip = {table.virtual_ip: (name, table) for name, table in given.items() if table.virtual_ip}
    for nic in config.directors.nics:
        if nic.network in by_network or config.networks[nic.network].leads_out:
            name, said = by_network.get(nic.network, (f"nic-{nic.network}", RoutingTableConfig(network=nic.network)))
            yield name, nic.network, said
    for key, vip in config.virtual_ips.items():
        if not isinstance(vip.address, IPv4Address):
            continue
        if key in by_virtual_ip or config.networks[vip.network].leads_out:
            name, said = by_virtual_ip.get(key, (f"vip-{key}", RoutingTableConfig(virtual_ip=key)))
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
    cidr = config.networks[table.network].cidr
    return (
        VirtualRoute(cidr, table.network, source=vip, table=table.id),
        VirtualRoute(ANYWHERE, table.network, gateway=table.gateway, source=vip, table=table.id),
    )


def _rules(config: StackConfig, table: RoutingTable) -> tuple[VirtualRule, VirtualRule]:
    vip = IPv4Network(str(config.virtual_ips[table.virtual_ip or ""].address))
    return (
        VirtualRule(table=table.id, priority=table.priority, source=vip),
        VirtualRule(table=table.id, priority=table.priority + 1, destination=vip),
    )
