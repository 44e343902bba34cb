"""IPv6 beside IPv4: which network has it, and what it needs of virtual IPs and their instances."""

from collections.abc import Iterator

from components.config.base import IPV6
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.rules.addresses import all_addresses

SMALLEST_MTU = 1280


def ipv6_addresses_have_a_subnet(draft: Draft) -> Iterator[Finding]:
    """Neutron takes an address from a subnet of its family, and there is none."""
    for claim in all_addresses(draft):
        network = draft.networks.get(claim.network)
        if network and claim.address.version == IPV6 and network.ipv6 is None:
            yield Finding(
                claim.where,
                f"{claim.address} is an IPv6 address, and network {claim.network} has IPv4 alone",
                f"An address belongs to a subnet of its family, and {claim.network} has only {network.cidr}",
                f"Add {at('networks', claim.network, 'ipv6')}: {{ cidr: ... }}, or choose an IPv4 address",
            )


def packets_are_large_enough(draft: Draft) -> Iterator[Finding]:
    """Linux has no IPv6 on an interface that carries less."""
    for name, network in draft.networks.items():
        if network.ipv6 and network.mtu and network.mtu < SMALLEST_MTU:
            yield Finding(
                at("networks", name, "mtu"),
                f"{network.mtu} bytes, and the network has IPv6",
                f"IPv6 needs {SMALLEST_MTU} bytes (RFC 8200, 5), and Linux switches it off where there are less",
                f"Choose {SMALLEST_MTU} or more, or remove {at('networks', name, 'ipv6')}",
            )


def one_family_an_instance(draft: Draft) -> Iterator[Finding]:
    """An advert lists addresses of one family."""
    for name, instance in draft.instances.items():
        known = [draft.virtual_ips[key].address for key in instance.virtual_ips if key in draft.virtual_ips]
        if len({address.version for address in known}) > 1:
            yield Finding(
                at("vrrp", "instances", name, "virtual-ips"),
                f"these virtual IPs are of both families: {', '.join(map(str, known))}",
                "A VRRP instance is of IPv4 or of IPv6 (RFC 5798, 1), each with its own virtual MAC",
                "Make one instance for each family; both may have the same virtual router ID",
            )


def ipv6_speaks_vrrp_3(draft: Draft) -> Iterator[Finding]:
    """VRRPv2 has no room for IPv6."""
    if draft.vrrp is None or draft.vrrp.version != 2:  # noqa: PLR2004 - the protocol's version
        return
    for name, vip in draft.virtual_ips.items():
        if vip.address.version == IPV6:
            yield Finding(
                at("virtual-ips", name, "address"),
                f"{vip.address} is an IPv6 address, and {at('vrrp', 'version')} is 2",
                "VRRPv2 is for IPv4 alone (RFC 3768); IPv6 came with version 3 (RFC 5798)",
                f"Set {at('vrrp', 'version')} to 3, or remove the virtual IP",
            )


def floating_ips_are_for_ipv4(draft: Draft) -> Iterator[Finding]:
    """Neutron has none of IPv6."""
    for name, vip in draft.virtual_ips.items():
        if vip.floating_ip and vip.address.version == IPV6:
            yield Finding(
                at("virtual-ips", name, "floating-ip"),
                f"{vip.address} is an IPv6 address",
                "Neutron translates floating IPs for IPv4 alone; an IPv6 address is reached as it is, by a route",
                "Remove the floating IP, and have the subnet routed to",
            )


def without_ipv6(draft: Draft, names: list[str]) -> bool:
    """Whether these networks are known, and none of them has IPv6."""
    networks = [draft.networks.get(name) for name in names]
    return bool(networks) and all(network is not None and network.ipv6 is None for network in networks)
