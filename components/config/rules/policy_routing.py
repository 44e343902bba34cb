"""``policy-routing``: tables that the kernel and keepalived take; whose packets use them: policy_routing_addresses.py.

A slip here breaks nothing at once: the host answers, but by another network's gateway, where somebody drops it.
"""

from collections.abc import Iterator

from components.config.base import IPV4, IPV6
from components.config.draft import Draft
from components.config.errors import Finding, at, choose
from components.config.policy_routing import RESERVED_IDS, RESERVED_NAMES, RoutingTableConfig
from components.config.rules.addresses import all_addresses

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


def gateways_are_neighbours(draft: Draft) -> Iterator[Finding]:
    """The kernel refuses a gateway that is not on the link, at boot, where nobody looks."""
    owners = {(claim.network, claim.address): claim.owner for claim in all_addresses(draft)}
    for name, table in tables_of(draft):
        key = network_of(draft, table)
        network = draft.networks.get(key) if key else None
        for version, word in GATEWAYS.items():
            gateway, subnet = table.gateway_of(version), network.subnet_of(version) if network else None
            if gateway is None or key is None or subnet is None:
                continue
            owner = owners.get((key, gateway))
            # Of IPv6 every router has a link-local address, by which it announces itself.
            neighbour = (version == IPV6 and gateway.is_link_local) or (
                gateway in subnet.cidr and subnet.is_host(gateway)
            )
            if not neighbour:
                got = f"{gateway} is no host of {subnet.cidr}, the subnet of network {key}"
            elif owner is not None:
                got = f"{gateway} is the address of {owner}"
            else:
                continue
            yield Finding(
                at_table(name, word),
                got,
                "A gateway is a router on the network by which the table's packets leave, or the kernel refuses the "
                "route",
                f"Write {subnet.gateway}, or remove the key",
            )


def networks_have_a_gateway(draft: Draft) -> Iterator[Finding]:
    """A table without a default route decides nothing."""
    if draft.policy_routing is None:
        return
    wishes = [
        (at_table(name, "virtual-ip" if table.virtual_ip else "network"), network_of(draft, table), families)
        for name, table in tables_of(draft)
        for families in [_families_of(draft, table)]
        if not any(table.gateway_of(version) for version in families)
    ]
    wishes.append((at("policy-routing", "main-network"), draft.policy_routing.main_network, (IPV4, IPV6)))
    for where, key, families in wishes:
        network = draft.networks.get(key) if key else None
        if network and not any(network.leads_out_by(version) for version in families):
            yield Finding(
                where,
                f"network {key} has no gateway{' of IPv6' if families == (IPV6,) else ''}",
                "A table is for its default route; the network has no router of the stack's, and no gateway is said",
                f"Add {at('networks', key or '', 'router')}, say who the gateway is, or leave this network out",
            )
    if draft.directors and draft.policy_routing.main_network is None:
        networks = [draft.networks.get(nic.network) for nic in draft.directors.nics]
        if not any(network is None or network.leads_out_by(IPV4) or network.leads_out_by(IPV6) for network in networks):
            yield Finding(
                at("policy-routing"),
                "no network of the directors has a gateway",
                "Policy routing chooses among gateways; a network has one by its router, or where one is said",
                "Give a network a router or a gateway, or remove the noun",
            )


def _families_of(draft: Draft, table: RoutingTableConfig) -> tuple[int, ...]:
    """The families of what a table is for."""
    vip = draft.virtual_ips.get(table.virtual_ip) if table.virtual_ip else None
    return (vip.address.version,) if vip else (IPV4, IPV6)


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
