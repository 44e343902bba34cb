"""Bonds: NICs that are several of a bare-metal server, joined by Open vSwitch into the one that has the address.

On bare metal each Neutron port of a server is one of its NICs, and Neutron knows that by its MAC. So a bond of two is
two ports: the first has the addresses, and lends its MAC to the bridge; the other is a leg.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from components.config.guests import BondMode, LacpTime, NicConfig, bridge_name
from components.config.stack import StackConfig
from components.plan.hosts import Leg


@dataclass(frozen=True)
class Bond:
    """The bridge that has a network's addresses on every director, and the NICs below it as words in its files."""

    bridge: str
    mode: BondMode
    lacp_time: LacpTime
    nics: tuple[str, ...]

    @property
    def words(self) -> str:
        """The NICs with a blank between them, as every file has them."""
        return " ".join(self.nics)


def nic_word(name: str) -> str:
    """What stands for a NIC in a guest's files: a network's key, with a number for a bond's further legs."""
    return f"@nic:{name}@"


def plan_bonds(config: StackConfig) -> Mapping[str, Bond]:
    """The bond of each network that has one."""
    return {
        nic.network: Bond(
            bridge=bridge_name(nic.network, index),
            mode=nic.bond.mode,
            lacp_time=nic.bond.lacp_time,
            nics=(nic_word(nic.network), *(nic_word(_leg(nic.network, n)) for n in _further(nic.bond.legs))),
        )
        for index, nic in enumerate(config.directors.nics)
        if nic.bond
    }


def plan_legs(port: str, stack: str, nic: NicConfig) -> tuple[Leg, ...]:
    """The further ports of a director's bonded port, which is known by its key."""
    if nic.bond is None:
        return ()
    return tuple(
        Leg(f"{port}-leg-{n}", f"{stack}-{port}-leg-{n}", nic.network, _leg(nic.network, n))
        for n in _further(nic.bond.legs)
    )


def _further(legs: int) -> range:
    return range(2, legs + 1)


def _leg(network: str, number: int) -> str:
    return f"{network}.{number}"  # no network has a dot in its key
