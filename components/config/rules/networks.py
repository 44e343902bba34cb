"""``networks``: gateways, subnets, and networks that are there already."""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at

# What Neutron only takes when it makes a network; on one that exists the keys would do nothing, silently.
_OF_CREATED_NETWORKS = ("allocation_pools", "excluded_ranges", "dns_servers", "search_domain", "mtu", "router")


def gateway_is_a_host_of_the_subnet(draft: Draft) -> Iterator[Finding]:
    """Guests must reach the gateway without a gateway."""
    for name, network in draft.networks.items():
        gateway, cidr = network.gateway_address, network.cidr
        if gateway not in cidr:
            trouble = f"{gateway} is outside the subnet {cidr}"
        elif gateway in (cidr.network_address, cidr.broadcast_address):
            trouble = f"{gateway} is the subnet's own network or broadcast address"
        else:
            continue
        yield Finding(
            at("networks", name, "gateway"),
            trouble,
            f"A gateway is a host of the subnet, {cidr.network_address + 1} to {cidr.broadcast_address - 1}, or guests "
            "cannot reach it",
            f"Choose such an address, or leave the key out for {cidr.network_address + 1}",
        )


def subnets_do_not_overlap(draft: Draft) -> Iterator[Finding]:
    """A host with ports on two networks could not tell them apart."""
    widest = None
    for name, network in sorted(draft.networks.items(), key=lambda item: item[1].cidr):
        if widest and network.cidr.overlaps(widest[1]):  # of two subnets that overlap, one holds the other
            yield Finding(
                at("networks", name, "cidr"),
                f"{network.cidr} overlaps {widest[1]} of network {widest[0]}",
                "Subnets of one stack are apart, or a host on both cannot tell where to send",
                "Choose another subnet for one of them",
            )
        else:
            widest = (name, network.cidr)


def existing_network_is_left_as_it_is(draft: Draft) -> Iterator[Finding]:
    """A key that would have no effect misleads whoever reads the stack file."""
    for name, network in draft.networks.items():
        if network.existing is None:
            continue
        for field in _OF_CREATED_NETWORKS:
            if field in network.model_fields_set:
                yield Finding(
                    at("networks", name, field.replace("_", "-")),
                    f"this key has no effect on the existing network {network.existing}",
                    "Of an existing network only cidr and gateway are said, to check the addresses; nothing is changed",
                    "Remove the key, or remove existing so that the network is created",
                )
