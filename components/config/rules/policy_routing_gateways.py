"""``policy-routing``: where a table's packets leave, a router that is there and stays there."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.config.base import IPV4, IPV6, IPAddress
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.networks import NetworkConfig
from components.config.policy_routing import RoutingTableConfig
from components.config.rules.addresses import all_addresses
from components.config.rules.policy_routing import GATEWAYS, at_table, network_of, tables_of
from components.config.subnets import Subnet, pool_holding


@dataclass(frozen=True)
class _Said:
    """A table's gateway of a family: where it is said, and the network by which the table's packets leave."""

    where: str
    gateway: IPAddress
    key: str
    network: NetworkConfig
    subnet: Subnet


def _said(draft: Draft) -> Iterator[_Said]:
    """Each that is said for a network whose subnet of that family is known."""
    for name, table in tables_of(draft):
        key = network_of(draft, table)
        network = draft.networks.get(key) if key else None
        for version, word in GATEWAYS.items():
            gateway, subnet = table.gateway_of(version), network.subnet_of(version) if network else None
            if gateway and key and network and subnet:
                yield _Said(at_table(name, word), gateway, key, network, subnet)


def gateways_are_neighbours(draft: Draft) -> Iterator[Finding]:
    """The kernel refuses a gateway that is not on the link, at boot, where nobody looks."""
    owners = {(claim.network, claim.address): claim.owner for claim in all_addresses(draft)}
    for said in _said(draft):
        gateway, subnet = said.gateway, said.subnet
        owner = owners.get((said.key, gateway))
        # Of IPv6 every router has a link-local address, by which it announces itself.
        neighbour = (gateway.version == IPV6 and gateway.is_link_local) or (
            gateway in subnet.cidr and subnet.is_host(gateway)
        )
        if not neighbour:
            got = f"{gateway} is no host of {subnet.cidr}, the subnet of network {said.key}"
        elif owner is not None:
            got = f"{gateway} is the address of {owner}"
        else:
            continue
        yield Finding(
            said.where,
            got,
            "A gateway is a router on the network by which the table's packets leave, or the kernel refuses the route",
            f"Write {subnet.gateway}, or remove the key",
        )


def gateways_are_outside_the_pools(draft: Draft) -> Iterator[Finding]:
    """Neutron knows no router but the network's own. The pools of an existing network are the cloud's to know."""
    for said in _said(draft):
        gateway, subnet = said.gateway, said.subnet
        pool = None if said.network.existing else pool_holding(subnet.pools, gateway)
        if pool:
            pools = at("networks", said.key, *subnet.path, "allocation-pools")
            excluded = at("networks", said.key, *subnet.path, "excluded-ranges")
            yield Finding(
                said.where,
                f"{gateway} is in the allocation pool {pool} of network {said.key}",
                "Neutron may give any address of a pool to some server, and the table's packets would go there",
                f"Cut the pool in {pools}" if subnet.allocation_pools else f"Exclude {gateway} in {excluded}",
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
