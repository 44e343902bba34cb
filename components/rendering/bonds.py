"""Bonds on a director: what Open vSwitch joins, and what systemd-networkd is to leave alone of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from components.plan.hosts import Feature, Host
from components.plan.stack import Addresses, StackPlan
from components.rendering.environment import render

PATHS = (
    "/etc/systemd/network/05-vipstack-bonds.network",
    "/etc/systemd/network/05-vipstack-legs.network",
    "/etc/vipstack/bonds.conf",
)


def files(plan: StackPlan, host: Host, addresses: Addresses) -> Iterator[tuple[str, str]]:
    """Each file's path on the guest and its text; the same on every director, but for its NICs' names."""
    del host, addresses
    bonds = [network.bond for network in plan.networks if network.bond]
    bridges, nics = (" ".join(words) for words in ([b.bridge for b in bonds], [b.words for b in bonds]))
    for path in PATHS:
        yield path, render(Feature.BONDS, path, bonds=bonds, bridges=bridges, nics=nics)


def expected(plan: StackPlan, host: Host, addresses: Addresses) -> Mapping[str, Any]:
    """``bonds``: the NICs of each bridge, and the address that it has."""
    return {
        "bonds": [
            {
                "bridge": network.bond.bridge,
                "nics": list(network.bond.nics),
                "address": str(addresses[host.port_on(network.key).key]),
            }
            for network in plan.networks
            if network.bond
        ]
    }
