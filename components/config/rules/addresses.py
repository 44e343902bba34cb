"""Addresses that the operator fixed, whoever has them: in the subnet, not the gateway's, each used once."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.config.base import IPAddress
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.rules.forwarding import nat_networks


@dataclass(frozen=True)
class Claim:
    """Somebody's address: where it is written, on which network, and whose it is."""

    where: str
    network: str
    address: IPAddress
    owner: str
    is_virtual: bool = False


def fixed_addresses(draft: Draft) -> Iterator[Claim]:
    """The addresses of hosts; those that Neutron chooses are not among them."""
    yield from _of_directors(draft)
    yield from _alone(draft)


def _of_directors(draft: Draft) -> Iterator[Claim]:
    if draft.directors:
        keys = draft.directors.keys
        for n, nic in enumerate(draft.directors.nics):
            for key, addresses in (("addresses", nic.addresses), ("ipv6-addresses", nic.ipv6_addresses)):
                for i, address in enumerate(addresses):
                    owner = f"director {keys[i]}" if i < len(keys) else "a director"
                    yield Claim(at("directors", "nics", n, key, i), nic.network, address, owner)


def _alone(draft: Draft) -> Iterator[Claim]:
    """Those of real servers and the observer."""
    servers = draft.real_servers
    if servers:
        for name, server in servers.servers.items():
            for key, address in server.addresses.items():
                yield Claim(at("real-servers", "servers", name, key), servers.network, address, f"real server {name}")
    observer = draft.observer
    if observer:
        for key, address in (("address", observer.address), ("ipv6-address", observer.ipv6_address)):
            if address:
                yield Claim(at("observer", key), observer.network, address, "the observer")


def _virtual(draft: Draft) -> Iterator[Claim]:
    for name, vip in draft.virtual_ips.items():
        yield Claim(at("virtual-ips", name, "address"), vip.network, vip.address, f"virtual IP {name}", is_virtual=True)


def owners_on_directors(draft: Draft) -> dict[IPAddress, str]:
    """Where a packet ends on a director: whose each of their own fixed addresses and the virtual IPs is."""
    return {claim.address: claim.owner for claim in (*_of_directors(draft), *_virtual(draft))}


def all_addresses(draft: Draft) -> Iterator[Claim]:
    """The hosts' fixed addresses, then the virtual IPs: of two with one address, the virtual IP is named."""
    yield from fixed_addresses(draft)
    yield from _virtual(draft)


def addresses_are_hosts_of_their_subnet(draft: Draft) -> Iterator[Finding]:
    """Neutron refuses others."""
    for claim in all_addresses(draft):
        network = draft.networks.get(claim.network)
        subnet = network.subnet_of(claim.address.version) if network else None
        if subnet is None:  # of a network without IPv6 the rule in ipv6.py speaks
            continue
        cidr = subnet.cidr
        if claim.address not in cidr:
            trouble = f"{claim.address} is outside the subnet {cidr} of network {claim.network}"
        elif claim.address == cidr.network_address:
            trouble = f"{claim.address} is the network address of {cidr}"
        elif not subnet.is_host(claim.address):
            trouble = f"{claim.address} is the broadcast address of {cidr}"
        else:
            continue
        yield Finding(
            claim.where,
            trouble,
            f"The hosts of the subnet are {subnet.first} to {subnet.last}; Neutron gives a port no other address",
            "Choose one of them",
        )


def addresses_are_not_the_gateway(draft: Draft) -> Iterator[Finding]:
    """Two answers to one ARP request; but the virtual IP of directors that lead out of the network is just that."""
    ours, through_directors = _gateways(draft), nat_networks(draft)
    for claim in all_addresses(draft):
        if claim.where in ours:
            continue
        network = draft.networks.get(claim.network)
        subnet = network.subnet_of(claim.address.version) if network else None
        # Without a router a virtual IP may be the gateway: then the directors lead out of the network.
        lead_out = claim.is_virtual and claim.network in through_directors and network and not network.router
        if subnet and claim.address == subnet.gateway and not lead_out:
            yield Finding(
                claim.where,
                f"{claim.address} is the gateway of network {claim.network}",
                "Only the router may have the gateway's address, or nothing finds its way out",
                f"Choose another address, or move {at('networks', claim.network, *subnet.path, 'gateway')}",
            )


def _gateways(draft: Draft) -> frozenset[str]:
    """Where the address of the directors as a gateway may be: anywhere among the virtual IPs if that cannot be read."""
    named = draft.gateway.references if draft.gateway else ()
    inside = {key for path, key in named if path[-1] == "inside"}
    unknown = "gateway" in draft.unreadable or not inside <= set(draft.virtual_ips)
    return frozenset(at("virtual-ips", name, "address") for name in draft.virtual_ips if unknown or name in inside)


def addresses_are_used_once(draft: Draft) -> Iterator[Finding]:
    """Neutron refuses the second; a virtual IP on a host's own address would never move."""
    owners: dict[tuple[str, IPAddress], Claim] = {}
    for claim in all_addresses(draft):
        first = owners.setdefault((claim.network, claim.address), claim)
        if first is not claim:
            yield Finding(
                claim.where,
                f"{claim.address} is the address of {first.owner} already",
                f"An address belongs to one port; the other is at {first.where}",
                "Choose another address for one of them",
            )
