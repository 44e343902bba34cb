"""Every path, name, address and port of the lab: one place, so that its parts never disagree.

Owns no behaviour: nothing is created, opened or looked up here. The one thing read from outside is the folder
the lab lives in, and only when asked (``Layout.of_environment``).
"""

import os
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

# --- rooms: a room is a set of namespaces (network, mount, UTS) kept by one process, see rooms.py
CONTROL = "control"  # databases, message queue, API services, schedulers
FABRIC = "fabric"  # the kernel bridge that joins the compute hosts, nothing else
OUTSIDE = "outside"  # the world beyond the router: client, package mirror, far side of routes
NETWORK_HOST = "host1"  # the compute host that also runs the l3, dhcp and metadata agents

# --- the outside network
OUTSIDE_NETWORK_NAME = "outside"
OUTSIDE_CIDR = IPv4Network("192.0.2.0/24")
OUTSIDE_GATEWAY = IPv4Address("192.0.2.1")  # the outside room; the routers' default gateway
OUTSIDE_CLIENT = IPv4Address("192.0.2.10")  # the same room's second address: the client tests speak from it
OUTSIDE_POOL = (IPv4Address("192.0.2.100"), IPv4Address("192.0.2.200"))
# The veth between the network host and the outside room. Both ends are made, named and set up by network.py;
# what runs in the room (addresses, mirror, route daemon) belongs to outside.py.
OUTSIDE_NIC = "eth0"  # the end in the outside room
EXTERNAL_NIC = "ext0"  # the end in the network host, a port of br-ex
BRIDGE_EXTERNAL = "br-ex"
BRIDGE_PHYSICAL = "br-phy"  # carries the tenants' VLANs to the fabric
FABRIC_NIC = "phy0"  # a compute host's end of its cable to the fabric
PHYSNET_EXTERNAL = "physnet1"
PHYSNET_TENANT = "physnet2"
TENANT_VLANS = (100, 199)
FABRIC_MTU = 1600  # room for a VLAN tag around the tenants' 1500
TUNNEL_CIDR = IPv4Network("172.31.255.0/24")  # the hosts' own addresses on the fabric, where tunnels need them

# --- the package mirror
MIRROR_PORT = 8088
MIRROR_URL = f"http://{OUTSIDE_GATEWAY}:{MIRROR_PORT}/debian"  # as the guests see it

# --- ports on 127.0.0.1
API_PORTS = {"keystone": 5000, "glance": 9292, "placement": 8778, "nova": 8774, "neutron": 9696}
METADATA_PORT = 8775  # in the control room and on the compute hosts only
RABBIT_PORT = 5672  # in the control room and on the compute hosts only

# --- what a user of the lab's cloud meets
REGION = "lab"
CLOUD_ADMIN = "lab-admin"
CLOUD_DEMO = "lab"
PROJECT_ADMIN = "admin"
PROJECT_DEMO = "demo"
FLAVOR = "vip.small"
IMAGE_PLAIN = "debian-12"
IMAGE_BAKED = "debian-12-vipstack"
IMAGE_PREDICTABLE = "debian-12-predictable"  # the plain image, its interfaces named by udev

DEFAULT_HOSTS = 3
MAX_HOSTS = 3


class Network(StrEnum):
    """The flavours of the lab's network, by their ML2 driver (flavours/)."""

    OVS = "ovs"
    OVN = "ovn"


_NETWORK_NOTE = "network"
_STATES = {Network.OVS: "state", Network.OVN: "state-ovn"}


@dataclass(frozen=True)
class Layout:
    """The folders of one lab; ``home`` is outside the checkout and holds everything."""

    home: Path
    network: Network = Network.OVS

    @classmethod
    def of_environment(cls) -> "Layout":
        """The lab the environment names, in the flavour of its last start.

        Its home is ``VIPSTACK_LAB_HOME``, or /var/lib/vipstack-lab.
        """
        return cls.at_home(Path(os.environ.get("VIPSTACK_LAB_HOME") or "/var/lib/vipstack-lab"))

    @classmethod
    def at_home(cls, home: Path) -> "Layout":
        """The lab in a folder, in the flavour of its last start."""
        noted = home / _NETWORK_NOTE
        return cls(home, Network(noted.read_text().strip()) if noted.exists() else Network.OVS)

    def note_network(self) -> None:
        """Remember the flavour for every later command."""
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / _NETWORK_NOTE).write_text(f"{self.network}\n")

    @property
    def venv(self) -> Path:
        """The Python environment of the OpenStack services."""
        return self.home / "venv"

    @property
    def etc(self) -> Path:
        """Rendered configuration, one folder a service; written again by every ``up``."""
        return self.home / "etc"

    @property
    def log(self) -> Path:
        """One file a process."""
        return self.home / "log"

    @property
    def run(self) -> Path:
        """Records of running processes and unix sockets."""
        return self.home / "run"

    @property
    def state(self) -> Path:
        """What a cloud keeps: databases, keys, images, the hosts' disks; each flavour is a cloud of its own."""
        return self.home / _STATES[self.network]

    @property
    def saved(self) -> Path:
        """Databases and keys as a fresh lab has them, copied when a lab starts from nothing."""
        return self.home / "saved"

    @property
    def emulator(self) -> Path:
        """QEMU's files, where a newer one than the machine's was fetched."""
        return self.home / "emulator"

    @property
    def images(self) -> Path:
        """Guest images as files, before Glance has them."""
        return self.home / "images"

    @property
    def mirror(self) -> Path:
        """The package mirror's document root; ``debian/`` below it is the repository."""
        return self.home / "mirror"

    @property
    def clouds_yaml(self) -> Path:
        """The clouds ``lab-admin`` and ``lab`` for every OpenStack client."""
        return self.home / "clouds.yaml"

    @property
    def modules(self) -> Path:
        """What the services' interpreters import before anything else."""
        return self.etc / "python"

    @property
    def stubs(self) -> Path:
        """Commands that stand before the system's own on the services' PATH."""
        return self.etc / "bin"

    def log_of(self, process: str) -> Path:
        """The log of one process, named as in ``status``."""
        return self.log / f"{process}.log"

    def socket_of(self, service: str) -> Path:
        """The unix socket of a service: unlike a TCP port it is reached from every room."""
        return self.run / "sockets" / f"{service}.sock"

    def host_state(self, host: str) -> Path:
        """What one compute host keeps: Nova's instances, libvirt, the OVS database."""
        return self.state / host


def compute_hosts(count: int) -> tuple[str, ...]:
    """The names of the first ``count`` compute hosts."""
    return tuple(f"host{number}" for number in range(1, count + 1))


def tunnel_address(host: str) -> IPv4Address:
    """A compute host's own address on the fabric."""
    return TUNNEL_CIDR[compute_hosts(MAX_HOSTS).index(host) + 1]
