"""The cables: one kernel bridge joins the compute hosts, one veth leads from the network host to the outside.

Runs no daemon; the switches the cables end in are compute_host.py's and ask their flavour for bridges, the far side
of the outside is outside.py's.
"""

from lab.laboratory import Laboratory
from lab.layout import (
    EXTERNAL_NIC,
    FABRIC,
    FABRIC_MTU,
    FABRIC_NIC,
    NETWORK_HOST,
    OUTSIDE,
    OUTSIDE_NIC,
)

_BRIDGE = "fabric"
SWITCH_DATABASE = "/run/openvswitch/db.sock"  # private to the room, as all of /run


def lay_fabric(lab: Laboratory) -> None:
    """The bridge between the hosts; it learns MAC addresses and passes tagged frames, nothing else."""
    if lab.rooms.run(FABRIC, ["ip", "link", "show", _BRIDGE], check=False).returncode != 0:
        lab.rooms.run(FABRIC, ["ip", "link", "add", _BRIDGE, "mtu", str(FABRIC_MTU), "type", "bridge"])
    lab.rooms.run(FABRIC, ["ip", "link", "set", _BRIDGE, "up"])


def join_fabric(lab: Laboratory, host: str) -> None:
    """A host's cable to the bridge."""
    lab.rooms.cable(FABRIC, host, host, FABRIC_NIC, FABRIC_MTU)
    lab.rooms.run(FABRIC, ["ip", "link", "set", host, "master", _BRIDGE])


def join_outside(lab: Laboratory) -> None:
    """The network host's cable to the outside room."""
    lab.rooms.cable(OUTSIDE, OUTSIDE_NIC, NETWORK_HOST, EXTERNAL_NIC, 1500)


def bridge(lab: Laboratory, host: str, name: str, nic: str) -> None:
    """A bridge of a host's switch, with one cable in it."""
    lab.rooms.run(
        host,
        [
            "ovs-vsctl", "--timeout=30", "--may-exist", "add-br", name,
            "--", "set", "Bridge", name, "datapath_type=netdev",
            "--", "--may-exist", "add-port", name, nic,
        ],
    )  # fmt: skip
