"""Addresses that the operator fixed, whoever has them: in the subnet, not the gateway's, each used once."""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from components.config.draft import Draft
from components.config.errors import Finding, at


@dataclass(frozen=True)
class Claim:
    """Somebody's address: where it is written, on which network, and whose it is."""

    where: str
    network: str
    address: IPv4Address
    owner: str


def fixed_addresses(draft: Draft) -> Iterator[Claim]:
    """The addresses of hosts; those that Neutron chooses are not among them."""
    if draft.directors:
        keys = draft.directors.keys
        for n, nic in enumerate(draft.directors.nics):
            for i, address in enumerate(nic.addresses):
                owner = f"director {keys[i]}" if i < len(keys) else "a director"
                yield Claim(at("directors", "nics", n, "addresses", i), nic.network, address, owner)
    servers = draft.real_servers
    if servers:
        for name, server in servers.servers.items():
            if server.address:
                where = at("real-servers", "servers", name, "address")
                yield Claim(where, servers.network, server.address, f"real server {name}")
    if draft.observer and draft.observer.address:
        yield Claim(at("observer", "address"), draft.observer.network, draft.observer.address, "the observer")


def all_addresses(draft: Draft) -> Iterator[Claim]:
    """The hosts' fixed addresses, then the virtual IPs: of two with one address, the virtual IP is named."""
    yield from fixed_addresses(draft)
    for name, vip in draft.virtual_ips.items():
        yield Claim(at("virtual-ips", name, "address"), vip.network, vip.address, f"virtual IP {name}")


def addresses_are_hosts_of_their_subnet(draft: Draft) -> Iterator[Finding]:
    """Neutron refuses others."""
    for claim in all_addresses(draft):
        network = draft.networks.get(claim.network)
        if network is None:
            continue
        cidr = network.cidr
        if claim.address not in cidr:
            trouble = f"{claim.address} is outside the subnet {cidr} of network {claim.network}"
        elif claim.address == cidr.network_address:
            trouble = f"{claim.address} is the network address of {cidr}"
        elif claim.address == cidr.broadcast_address:
            trouble = f"{claim.address} is the broadcast address of {cidr}"
        else:
            continue
        low, high = cidr.network_address + 1, cidr.broadcast_address - 1
        yield Finding(
            claim.where,
            trouble,
            f"The hosts of the subnet are {low} to {high}; Neutron gives a port no other address",
            "Choose one of them",
        )


def addresses_are_not_the_gateway(draft: Draft) -> Iterator[Finding]:
    """Two answers to one ARP request."""
    for claim in all_addresses(draft):
        network = draft.networks.get(claim.network)
        if network and claim.address == network.gateway_address:
            yield Finding(
                claim.where,
                f"{claim.address} is the gateway of network {claim.network}",
                "Only the router may have the gateway's address, or nothing finds its way out",
                f"Choose another address, or move {at('networks', claim.network, 'gateway')}",
            )


def addresses_are_used_once(draft: Draft) -> Iterator[Finding]:
    """Neutron refuses the second; a virtual IP on a host's own address would never move."""
    owners: dict[tuple[str, IPv4Address], Claim] = {}
    for claim in all_addresses(draft):
        first = owners.setdefault((claim.network, claim.address), claim)
        if first is not claim:
            yield Finding(
                claim.where,
                f"{claim.address} is the address of {first.owner} already",
                f"An address belongs to one port; the other is at {first.where}",
                "Choose another address for one of them",
            )
