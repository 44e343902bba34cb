"""``policy-routing``: tables that the kernel and keepalived take, and rules for addresses that are really there.

A slip here breaks nothing at once: the host answers, but by another network's gateway, where somebody drops it.
"""

from collections.abc import Iterator

from components.config.base import IPV4, IPAddress
from components.config.draft import Draft
from components.config.errors import Finding, at, choose
from components.config.policy_routing import RESERVED_IDS, RESERVED_NAMES, RoutingTableConfig
from components.config.rules.addresses import all_addresses


def _tables(draft: Draft) -> Iterator[tuple[str, RoutingTableConfig]]:
    yield from draft.policy_routing.tables.items() if draft.policy_routing else ()


def _at(name: str, key: str) -> str:
    return at("policy-routing", "tables", name, key)


def _network_of(draft: Draft, table: RoutingTableConfig) -> str | None:
    """The network on which a table's packets leave; None where that cannot be told."""
    if table.virtual_ip is None:
        return table.network
    vip = draft.virtual_ips.get(table.virtual_ip)
    return vip.network if vip else None


def table_is_for_one_thing(draft: Draft) -> Iterator[Finding]:
    """A NIC's table stays, a virtual IP's moves."""
    for name, table in _tables(draft):
        if (table.network is None) == (table.virtual_ip is None):
            both = table.network is not None
            yield Finding(
                at("policy-routing", "tables", name),
                "both network and virtual-ip are given" if both else "neither network nor virtual-ip is given",
                "A table is for the directors' own addresses on a network, and stays, or for a virtual IP, and moves",
                "Remove one of the two" if both else "Say network or virtual-ip",
            )


def tables_are_of_ipv4(draft: Draft) -> Iterator[Finding]:
    """The rules are IPv4's; an IPv6 virtual IP answers by the main table's routes."""
    for name, table in _tables(draft):
        vip = draft.virtual_ips.get(table.virtual_ip) if table.virtual_ip else None
        if vip and vip.address.version != IPV4:
            yield Finding(
                _at(name, "virtual-ip"),
                f"virtual IP {table.virtual_ip} is {vip.address}, of IPv6",
                "Tables and rules here are of IPv4 alone",
                "Remove the table",
            )


def one_table_each(draft: Draft) -> Iterator[Finding]:
    """Of two rules for one address the second is never reached."""
    first: dict[tuple[str, str], str] = {}
    for name, table in _tables(draft):
        if (table.network is None) == (table.virtual_ip is None):
            continue
        key, of = ("network", table.network) if table.network else ("virtual-ip", table.virtual_ip)
        before = first.setdefault((key, of or ""), name)
        if before != name:
            yield Finding(
                _at(name, key),
                f"table {before} is for {of} already",
                "An address has one table: the kernel takes the first rule that fits and never sees the second",
                "Remove one of the two tables",
            )


def names_are_free(draft: Draft) -> Iterator[Finding]:
    """Names in rt_tables.d stand beside the kernel's and the derived ones."""
    for name, _ in _tables(draft):
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
    for name, table in _tables(draft):
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
            _at(name, "id"),
            got,
            "Each table has a number of its own from 1; 0, 253, 254 and 255 are reserved (rt_tables)",
            "Choose another one, or remove the key for the first free one from 101",
        )


def priorities_are_free(draft: Draft) -> Iterator[Finding]:
    """Of rules with one priority nobody can say which comes first."""
    first: dict[int, str] = {}
    for name, table in _tables(draft):
        if table.priority is None:
            continue
        taken = {first.setdefault(number, name): number for number in (table.priority, table.priority + 1)}
        before = next((other for other in taken if other != name), None)
        if before is not None:
            yield Finding(
                _at(name, "priority"),
                f"table {before} has a rule of priority {taken[before]} already",
                f"Each rule has a priority of its own; a table takes two, here {table.priority} and "
                f"{table.priority + 1}",
                "Choose another one, or remove the key",
            )


def gateways_are_neighbours(draft: Draft) -> Iterator[Finding]:
    """The kernel refuses a gateway that is not on the link, at boot, where nobody looks."""
    owners = {(claim.network, claim.address): claim.owner for claim in all_addresses(draft)}
    for name, table in _tables(draft):
        key = _network_of(draft, table)
        network = draft.networks.get(key) if key else None
        if table.gateway is None or key is None or network is None:
            continue
        cidr = network.cidr
        owner = owners.get((key, table.gateway))
        if table.gateway not in cidr or table.gateway in (cidr.network_address, cidr.broadcast_address):
            got = f"{table.gateway} is no host of {cidr}, the subnet of network {key}"
        elif owner is not None:
            got = f"{table.gateway} is the address of {owner}"
        else:
            continue
        yield Finding(
            _at(name, "gateway"),
            got,
            "A gateway is a router on the network by which the table's packets leave, or the kernel refuses the route",
            f"Write {network.gateway_address}, or remove the key",
        )


def networks_have_a_gateway(draft: Draft) -> Iterator[Finding]:
    """A table without a default route decides nothing."""
    if draft.policy_routing is None:
        return
    wishes = [
        (_at(name, "virtual-ip" if table.virtual_ip else "network"), _network_of(draft, table))
        for name, table in _tables(draft)
        if table.gateway is None
    ]
    wishes.append((at("policy-routing", "main-network"), draft.policy_routing.main_network))
    for where, key in wishes:
        network = draft.networks.get(key) if key else None
        if network and not network.leads_out:
            yield Finding(
                where,
                f"network {key} has no gateway",
                "A table is for its default route; the network has no router of the stack's, and no gateway is said",
                f"Add {at('networks', key or '', 'router')}, say who the gateway is, or leave this network out",
            )
    if draft.directors and draft.policy_routing.main_network is None:
        networks = [draft.networks.get(nic.network) for nic in draft.directors.nics]
        if not any(network is None or network.leads_out for network in networks):
            yield Finding(
                at("policy-routing"),
                "no network of the directors has a gateway",
                "Policy routing chooses among gateways; a network has one by its router, or where one is said",
                "Give a network a router or a gateway, or remove the noun",
            )


def directors_are_on_the_networks(draft: Draft) -> Iterator[Finding]:
    """A host routes by its own NICs."""
    if draft.directors is None or draft.policy_routing is None:
        return
    own = [nic.network for nic in draft.directors.nics]
    wishes = [(_at(name, "network"), table.network) for name, table in _tables(draft)]
    wishes.append((at("policy-routing", "main-network"), draft.policy_routing.main_network))
    for where, key in wishes:
        if key in draft.networks and key not in own:
            yield Finding(
                where,
                f"the directors have no NIC on network {key}",
                f"A host routes by its own NICs: {', '.join(own)}",
                choose(key or "", own),
            )


def rules_are_for_own_addresses(draft: Draft) -> Iterator[Finding]:
    """A rule for another interface's address sends that one's packets by the wrong gateway, and this one's too."""
    for name, table in _tables(draft):
        wanted = _addresses_of(draft, table)
        if not table.addresses or wanted is None:
            continue
        whose = f"virtual IP {table.virtual_ip}" if table.virtual_ip else f"the directors on network {table.network}"
        right = " and ".join(map(str, wanted)) if wanted else "left to Neutron"
        claims = {claim.address: claim for claim in all_addresses(draft)}
        for index, address in enumerate(table.addresses):
            if address in wanted:
                continue
            other = claims.get(address)
            owner = f", but of {other.owner} on network {other.network}" if other else ""
            yield Finding(
                at("policy-routing", "tables", name, "addresses", index),
                f"{address} is not an address of {whose}{owner}",
                f"A rule for another interface's address sends its packets by this table's gateway; here it is {right}",
                "Correct it, or remove the key for all that the table is for",
            )
        missing = [str(address) for address in wanted if address not in table.addresses]
        if missing:
            yield Finding(
                _at(name, "addresses"),
                f"there is no rule for {', '.join(missing)}",
                "An address without a rule answers by the main network's gateway, where others drop its packets",
                "Add it, or remove the key for all that the table is for",
            )


def _addresses_of(draft: Draft, table: RoutingTableConfig) -> list[IPAddress] | None:
    """What a table is for, as far as the file says; None where that cannot be told."""
    if (table.network is None) == (table.virtual_ip is None):
        return None
    if table.virtual_ip:
        vip = draft.virtual_ips.get(table.virtual_ip)
        return [vip.address] if vip else None
    nics = draft.directors.nics if draft.directors else ()
    nic = next((nic for nic in nics if nic.network == table.network), None)
    return list(nic.addresses) if nic else None
