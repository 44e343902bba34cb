"""Policy routing on one director: the names of the tables, and the routes and rules of its own addresses.

Those of the virtual IPs are keepalived's (vrrp.py): they exist where the virtual IP is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.config.base import IPV4, IPAddress, IPNetwork
from components.plan.hosts import Feature, Host, address_key, planned
from components.plan.policy_routing import (
    DEFAULT_PRIORITY,
    SPECIFIC_PRIORITY,
    STANDBY_METRIC,
    RoutingTable,
)
from components.plan.stack import Addresses, StackPlan
from components.rendering.environment import render

# Beside the distribution's own list, which is its to change: iproute2 reads both.
NAMES = "/etc/iproute2/rt_tables.d/vipstack.conf"
ROUTING = "/etc/vipstack/routing.conf"


@dataclass(frozen=True)
class OwnTable:
    """A table as one director fills it; lines of IPv6 begin with ``ip``, the option of ip(8) that says so."""

    table: RoutingTable
    nic: str
    cidr: IPNetwork
    address: IPAddress

    @property
    def ip(self) -> str:
        """What lines of this family begin with."""
        return option(self.table)

    @property
    def standby_metric(self) -> int:
        """The metric of a virtual IP's routes that stand by."""
        return STANDBY_METRIC[self.table.family]


@dataclass(frozen=True)
class Main:
    """The table by which a director's own connections leave, by one family."""

    table: RoutingTable

    @property
    def ip(self) -> str:
        """As above."""
        return option(self.table)


def option(table: RoutingTable) -> str:
    """The beginning of a table's lines, as guestconfig/agent/routing.py reads it."""
    return "" if table.family == IPV4 else "-6 "


def files(plan: StackPlan, host: Host, addresses: Addresses) -> Iterator[tuple[str, str]]:
    """Each file's path on the guest and its text."""
    routing = planned(plan.policy_routing, Feature.POLICY_ROUTING)
    yield NAMES, _render(NAMES, names={table.id: table.name for table in routing.tables})
    yield (
        ROUTING,
        _render(
            ROUTING,
            tables=[_own(plan, table, host, addresses) for table in routing.tables if table.virtual_ip is None],
            moving=[_own(plan, table, host, addresses) for table in routing.tables if table.virtual_ip],
            mains=[Main(table) for table in routing.mains],
            leaving=" or ".join(dict.fromkeys(table.name for table in routing.mains)),
            specific_priority=SPECIFIC_PRIORITY,
            default_priority=DEFAULT_PRIORITY,
        ),
    )


def expected(plan: StackPlan, host: Host, addresses: Addresses) -> Mapping[str, Any]:
    """``routing``: the tables and rules of ``ROUTING`` are there; ``moving_rules``: these are where the address is."""
    del host, addresses
    vips = {vip.key: vip.address for vip in plan.virtual_ips}
    moving = [table for table in planned(plan.policy_routing, Feature.POLICY_ROUTING).tables if table.virtual_ip]
    return {
        "routing": True,
        "moving_rules": [
            {"address": str(vips[table.virtual_ip or ""]), "table": table.id, "priority": table.priority}
            for table in moving
        ],
    }


def _own(plan: StackPlan, table: RoutingTable, host: Host, addresses: Addresses) -> OwnTable:
    network = plan.network(table.network)
    cidr = network.cidr if table.family == IPV4 or network.ipv6 is None else network.ipv6.cidr
    address = addresses[address_key(host.port_on(table.network).key, table.family)]
    return OwnTable(table, network.interface, cidr, address)


def _render(path: str, **values: object) -> str:
    return render(Feature.POLICY_ROUTING, path, **values)
