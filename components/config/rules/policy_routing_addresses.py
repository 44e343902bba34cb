"""``policy-routing``: whose packets use a table, and that each key is of a family that is there."""

from collections.abc import Iterator

from components.config.base import IPV4, IPV6, IPAddress
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.policy_routing import RoutingTableConfig
from components.config.rules.addresses import all_addresses
from components.config.rules.policy_routing import GATEWAYS, at_table, tables_of

_ADDRESSES = {IPV4: "addresses", IPV6: "ipv6-addresses"}


def keys_are_of_a_family_that_is_there(draft: Draft) -> Iterator[Finding]:
    """A virtual IP has one family, a NIC IPv4 and perhaps IPv6; what is said of another would do nothing."""
    for name, table in tables_of(draft):
        if (table.network is None) == (table.virtual_ip is None):
            continue
        for version, key in _said(table):
            yield from _of_the_virtual_ip(draft, name, table, version, key)
            yield from _of_the_network(draft, name, table, version, key)


def _of_the_virtual_ip(draft: Draft, name: str, table: RoutingTableConfig, version: int, key: str) -> Iterator[Finding]:
    vip = draft.virtual_ips.get(table.virtual_ip) if table.virtual_ip else None
    if vip and (own := vip.address.version) != version:
        words = GATEWAYS if key in GATEWAYS.values() else _ADDRESSES
        yield Finding(
            at_table(name, key),
            f"this key is of IPv{version}, and virtual IP {table.virtual_ip} is {vip.address}, of IPv{own}",
            "A virtual IP's table is of its family: the kernel keeps routes and rules apart by family",
            f"Write {words[own]}, or remove the key",
        )


def _of_the_network(draft: Draft, name: str, table: RoutingTableConfig, version: int, key: str) -> Iterator[Finding]:
    network = draft.networks.get(table.network) if table.network else None
    if network and network.subnet_of(version) is None:
        yield Finding(
            at_table(name, key),
            f"this key is of IPv6, and network {table.network} has IPv4 alone",
            "A NIC's table has a part for each family that its network has",
            f"Remove the key, or add {at('networks', table.network or '', 'ipv6')}: {{ cidr: ... }}",
        )


def _said(table: RoutingTableConfig) -> Iterator[tuple[int, str]]:
    """The family and the name of each key that is of one."""
    for version in (IPV4, IPV6):
        if table.gateway_of(version):
            yield version, GATEWAYS[version]
        if table.addresses_of(version):
            yield version, _ADDRESSES[version]


def rules_are_for_own_addresses(draft: Draft) -> Iterator[Finding]:
    """A rule for another interface's address sends that one's packets by the wrong gateway, and this one's too."""
    for name, table in tables_of(draft):
        for version in (IPV4, IPV6):
            wanted = _addresses_of(draft, table, version)
            if table.addresses_of(version) and wanted is not None:
                yield from _strangers(draft, name, table, version, wanted)
                yield from _missing(name, table, version, wanted)


def _strangers(
    draft: Draft, name: str, table: RoutingTableConfig, version: int, wanted: list[IPAddress]
) -> Iterator[Finding]:
    whose = f"virtual IP {table.virtual_ip}" if table.virtual_ip else f"the directors on network {table.network}"
    right = " and ".join(map(str, wanted)) if wanted else "left to Neutron"
    claims = {claim.address: claim for claim in all_addresses(draft)}
    for index, address in enumerate(table.addresses_of(version)):
        if address in wanted:
            continue
        other = claims.get(address)
        owner = f", but of {other.owner} on network {other.network}" if other else ""
        yield Finding(
            at("policy-routing", "tables", name, _ADDRESSES[version], index),
            f"{address} is not an address of {whose}{owner}",
            f"A rule for another interface's address sends its packets by this table's gateway; here it is {right}",
            "Correct it, or remove the key for all that the table is for",
        )


def _missing(name: str, table: RoutingTableConfig, version: int, wanted: list[IPAddress]) -> Iterator[Finding]:
    missing = [str(address) for address in wanted if address not in table.addresses_of(version)]
    if missing:
        yield Finding(
            at_table(name, _ADDRESSES[version]),
            f"there is no rule for {', '.join(missing)}",
            "An address without a rule answers by the main network's gateway, where others drop its packets",
            "Add it, or remove the key for all that the table is for",
        )


def _addresses_of(draft: Draft, table: RoutingTableConfig, version: int) -> list[IPAddress] | None:
    """What a table is for by a family, as far as the file says; None where that cannot be told."""
    if (table.network is None) == (table.virtual_ip is None):
        return None
    if table.virtual_ip:
        vip = draft.virtual_ips.get(table.virtual_ip)
        return [vip.address] if vip and vip.address.version == version else None
    network = draft.networks.get(table.network or "")
    if network and network.subnet_of(version) is None:  # the rule above speaks of it
        return None
    nics = draft.directors.nics if draft.directors else ()
    nic = next((nic for nic in nics if nic.network == table.network), None)
    if nic is None:
        return None
    return list(nic.addresses if version == IPV4 else nic.ipv6_addresses)
