"""Flavours of the lab's network: what differs between ML2 drivers, and nothing that does not.

Add here: one module a driver, a ``Flavour`` (base.py) with its settings, its packages, and the processes that only it
has. Do not add here: what every flavour has (../services, ../compute_host.py), the order of starting (../up.py asks
the flavour for its steps), or a condition on a flavour's name anywhere else.
"""

from lab.flavours.base import Flavour
from lab.flavours.ovn import OpenVirtualNetwork
from lab.flavours.ovs import OpenVSwitch
from lab.layout import Layout, Network

_FLAVOURS: dict[Network, Flavour] = {Network.OVS: OpenVSwitch(), Network.OVN: OpenVirtualNetwork()}


def flavour_of(layout: Layout) -> Flavour:
    """The flavour of a lab."""
    return _FLAVOURS[layout.network]
