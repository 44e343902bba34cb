"""``policy-routing``: tables that the kernel and keepalived take.

Whose packets use them: policy_routing_addresses.py; where they lead: policy_routing_gateways.py.
A slip here breaks nothing at once: the host answers, but by another network's gateway, where somebody drops it.
"""

from collections.abc import Iterator

from components.config.base import IPV4, IPV6
from components.config.draft import Draft
from components.config.errors import Finding, at, choose
from components.config.policy_routing import RESERVED_IDS, RESERVED_NAMES, RoutingTableConfig

# The keys of a family, by the family.
GATEWAYS = {IPV4: "gateway", IPV6: "ipv6-gateway"}


def tables_of(draft: Draft) -> Iterator[tuple[str, RoutingTableConfig]]:
    """The tables of the file, by name."""
    yield from draft.policy_routing.tables.items() if draft.policy_routing else ()


def at_table(name: str, key: str) -> str:
    """Where a table's key is."""
    return at("policy-routing", "tables", name, key)


def network_of(draft: Draft, table: RoutingTableConfig) -> str | None:
    """The network on which a table's packets leave; None where that cannot be told."""
    if table.virtual_ip is None:
        return table.network
    vip = draft.virtual_ips.get(table.virtual_ip)
    return vip.network if vip else None


def table_is_for_one_thing(draft: Draft) -> Iterator[Finding]:
    """A NIC's table stays, a virtual IP's moves."""
    for name, table in tables_of(draft):
        if (table.network is None) == (table.virtual_ip is None):
            both = table.network is not None
            yield Finding(
                at("policy-routing", "tables", name),
                "both network and virtual-ip are given" if both else "neither network nor virtual-ip is given",
                "A table is for the directors' own addresses on a network, and stays, or for a virtual IP, and moves",
                "Remove one of the two" if both else "Say network or virtual-ip",
            )


def one_table_each(draft: Draft) -> Iterator[Finding]:
    """Of two rules for one address the second is never reached."""
    first: dict[tuple[str, str], str] = {}
    for name, table in tables_of(draft):
        if (table.network is None) == (table.virtual_ip is None):
            continue
        key, of = ("network", table.network) if table.network else ("virtual-ip", table.virtual_ip)
        before = first.setdefault((key, of or ""), name)
        if before != name:
            yield Finding(
                at_table(name, key),
                f"table {before} is for {of} already",
                "An address has one table: the kernel takes the first rule that fits and never sees the second",
                "Remove one of the two tables",
            )


def names_are_free(draft: Draft) -> Iterator[Finding]:
    """Names in rt_tables.d stand beside the kernel's and the derived ones."""
    for name, _ in tables_of(draft):
        if name in RESERVED_NAMES or name.startswith(("nic-", "vip-")):
            yield Finding(
                at("policy-routing", "tables", name),
                f"{name} is taken",
                f"The kernel's own are {', '.join(sorted(RESERVED_NAMES))}; derived tables are called nic-<network> "
                "and vip-<virtual IP>",
                "Choose another name",
            )


def ids_are_free(draft: Draft) -> Iterator[Finding]:
    """A second table of one number is the first one."""
    first: dict[int, str] = {}
    for name, table in tables_of(draft):
        if table.id is None:
            continue
        before = first.setdefault(table.id, name)
        if table.id in RESERVED_IDS:
            got = f"{table.id} is the kernel's table {RESERVED_IDS[table.id]}"
        elif before != name:
            got = f"{table.id} is the id of table {before} already"
        else:
            continue
        yield Finding(
            at_table(name, "id"),
            got,
            "Each table has a number of its own from 1; 0, 253, 254 and 255 are reserved (rt_tables)",
            "Choose another one, or remove the key for the first free one from 101",
        )


def priorities_are_free(draft: Draft) -> Iterator[Finding]:
    """Of rules with one priority nobody can say which comes first."""
    first: dict[int, str] = {}
    for name, table in tables_of(draft):
        if table.priority is None:
            continue
        taken = {first.setdefault(number, name): number for number in (table.priority, table.priority + 1)}
        before = next((other for other in taken if other != name), None)
        if before is not None:
            yield Finding(
                at_table(name, "priority"),
                f"table {before} has a rule of priority {taken[before]} already",
                f"Each rule has a priority of its own; a table takes two, here {table.priority} and "
                f"{table.priority + 1}",
                "Choose another one, or remove the key",
            )


def directors_are_on_the_networks(draft: Draft) -> Iterator[Finding]:
    """A host routes by its own NICs."""
    if draft.directors is None or draft.policy_routing is None:
        return
    own = [nic.network for nic in draft.directors.nics]
    wishes = [(at_table(name, "network"), table.network) for name, table in tables_of(draft)]
    wishes.append((at("policy-routing", "main-network"), draft.policy_routing.main_network))
    for where, key in wishes:
        if key in draft.networks and key not in own:
            yield Finding(
                where,
                f"the directors have no NIC on network {key}",
                f"A host routes by its own NICs: {', '.join(own)}",
                choose(key or "", own),
            )
