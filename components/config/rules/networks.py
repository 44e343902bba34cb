"""``networks``: gateways, subnets, and networks that are there already."""

import re
from collections.abc import Iterator
from ipaddress import ip_network

from components.config.base import IPV4
from components.config.draft import Draft
from components.config.errors import Finding, at

# What Neutron only takes when it makes a network; on one that exists the keys would do nothing, silently.
_OF_CREATED_NETWORKS = ("allocation_pools", "excluded_ranges", "dns_servers", "search_domain", "mtu", "router")

# RFC 1123, 2.1: labels of letters, digits and hyphens.
_LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")

# From IANA's registries of special-purpose addresses: what no host has, or each for itself. Private, shared and
# documentation subnets are for hosts.
_NOT_FOR_HOSTS = {
    ip_network("0.0.0.0/8"): "no host's",
    ip_network("127.0.0.0/8"): "each host's own loopback",
    ip_network("169.254.0.0/16"): "link-local, and the cloud's metadata service answers there",
    ip_network("224.0.0.0/4"): "multicast",
    ip_network("240.0.0.0/4"): "reserved, with the broadcast address",
    ip_network("::/127"): "each host's own loopback and no host's",
    ip_network("fe80::/10"): "link-local, which each host has of its own",
    ip_network("ff00::/8"): "multicast",
}


def search_domain_is_one_domain(draft: Draft) -> Iterator[Finding]:
    """It ends in a guest's configuration, where another form would be refused after everything was created."""
    for name, network in draft.networks.items():
        if network.search_domain is not None and not _DOMAIN.fullmatch(network.search_domain):
            yield Finding(
                at("networks", name, "search-domain"),
                f"{network.search_domain!r} is not a domain",
                "A network has one domain such as example.org: letters, digits, hyphens and, between them, dots",
                "Correct it, and write a second domain at another network of the guest",
            )


def gateway_is_a_host_of_the_subnet(draft: Draft) -> Iterator[Finding]:
    """Guests must reach the gateway without a gateway."""
    for name, network in draft.networks.items():
        for subnet in network.subnets:
            gateway, cidr = subnet.gateway, subnet.cidr
            if gateway not in cidr:
                trouble = f"{gateway} is outside the subnet {cidr}"
            elif not subnet.is_host(gateway):
                trouble = f"{gateway} is the subnet's own network or broadcast address"
            else:
                continue
            yield Finding(
                at("networks", name, *subnet.path, "gateway"),
                trouble,
                f"A gateway is a host of the subnet, {subnet.first} to {subnet.last}, or guests cannot reach it",
                f"Choose such an address, or leave the key out for {subnet.first}",
            )


def subnets_are_for_hosts(draft: Draft) -> Iterator[Finding]:
    """A slip of the pen that Neutron would take, and hosts would not."""
    for name, network in draft.networks.items():
        for subnet in network.subnets:
            cidr = subnet.cidr
            of_family = (special for special in _NOT_FOR_HOSTS if special.version == cidr.version)
            special = next((special for special in of_family if special.overlaps(cidr)), None)
            if special:
                own = "10.0.0.0/8" if cidr.version == IPV4 else "fd00::/8"
                yield Finding(
                    at("networks", name, *subnet.path, "cidr"),
                    f"{cidr} is not for hosts of a network",
                    f"{special} is {_NOT_FOR_HOSTS[special]}",
                    f"Take a subnet of your provider's, or one of your own below {own}",
                )


def subnets_do_not_overlap(draft: Draft) -> Iterator[Finding]:
    """A host with ports on two networks could not tell them apart."""
    named = [(subnet, name) for name, network in draft.networks.items() for subnet in network.subnets]
    widest = None
    for subnet, name in sorted(named, key=lambda item: (item[0].cidr.version, item[0].cidr)):
        # Of two subnets that overlap, one holds the other.
        if widest and subnet.cidr.version == widest[1].version and subnet.cidr.overlaps(widest[1]):
            yield Finding(
                at("networks", name, *subnet.path, "cidr"),
                f"{subnet.cidr} overlaps {widest[1]} of network {widest[0]}",
                "Subnets of one stack are apart, or a host on both cannot tell where to send",
                "Choose another subnet for one of them",
            )
        else:
            widest = (name, subnet.cidr)


def existing_network_is_left_as_it_is(draft: Draft) -> Iterator[Finding]:
    """A key that would have no effect misleads whoever reads the stack file."""
    for name, network in draft.networks.items():
        if network.existing is None:
            continue
        given = [(field,) for field in _OF_CREATED_NETWORKS if field in network.model_fields_set]
        if network.ipv6:
            given += [("ipv6", field) for field in _OF_CREATED_NETWORKS if field in network.ipv6.model_fields_set]
        for path in given:
            yield Finding(
                at("networks", name, *(field.replace("_", "-") for field in path)),
                f"this key has no effect on the existing network {network.existing}",
                "Of an existing network only cidr and gateway are said, to check the addresses; nothing is changed",
                "Remove the key, or remove existing so that the network is created",
            )
