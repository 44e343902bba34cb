"""One compute host: a room with a switch, libvirt, nova-compute and the Open vSwitch agent."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from lab import network
from lab.laboratory import Laboratory
from lab.layout import BRIDGE_EXTERNAL, BRIDGE_PHYSICAL, EXTERNAL_NIC, FABRIC_NIC, NETWORK_HOST
from lab.waiting import wait_for

_RUN = "/run/openvswitch"  # private to the room, as all of /run
_SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


def make_room(lab: Laboratory, host: str) -> None:
    """The host's namespaces; libvirt finds folders of its own where a machine has one set.

    Where the machine lacks /var/lib/libvirt or /var/cache/libvirt they are made, empty, and stay: removing a folder
    takes the mounts on it away in every namespace, so an end of one lab would cripple another.
    """
    state = lab.layout.host_state(host)
    log = lab.layout.log / host
    binds = {
        state / "libvirt-etc": Path("/etc/libvirt"),
        state / "libvirt": Path("/var/lib/libvirt"),
        state / "libvirt-cache": Path("/var/cache/libvirt"),
        log: Path("/var/log"),
    }
    for source in binds:
        source.mkdir(parents=True, exist_ok=True)
    binds |= {lab.layout.etc / host / name: Path("/etc") / name for name in ("passwd", "group")}
    lab.rooms.ensure(host, binds)


def start_switch(lab: Laboratory, host: str) -> None:
    """Open vSwitch with its bridges; its database is made anew, as every port in it comes from a running service."""
    prepare = f"mkdir -p {_RUN}; test -e {_RUN}/conf.db || ovsdb-tool create {_RUN}/conf.db {_SCHEMA}"
    lab.rooms.run(host, ["sh", "-c", prepare])
    control = f"--unixctl={_RUN}/ovsdb.ctl"
    lab.start(host, f"{host}-ovsdb", ["ovsdb-server", f"{_RUN}/conf.db", f"--remote=punix:{_RUN}/db.sock", control])
    database = f"{_RUN}/db.sock"
    wait_for(
        f"{host}-ovsdb",
        lambda: None if lab.rooms.run(host, ["test", "-S", database], check=False).returncode == 0 else "no socket",
        timeout=20,
        interval=0.05,
    )
    lab.rooms.run(host, ["ovs-vsctl", "--no-wait", "init"])
    lab.start(host, f"{host}-vswitch", ["ovs-vswitchd", f"unix:{database}", f"--unixctl={_RUN}/vswitch.ctl"])
    network.join_fabric(lab, host)
    _bridge(lab, host, BRIDGE_PHYSICAL, FABRIC_NIC)
    if host == NETWORK_HOST:
        network.join_outside(lab)
        _bridge(lab, host, BRIDGE_EXTERNAL, EXTERNAL_NIC)


def start_hypervisor(lab: Laboratory, host: str) -> None:
    """libvirtd, ready to be asked."""
    name = f"{host}-libvirtd"
    lab.start(host, name, ["libvirtd", "--config", "/etc/libvirt/libvirtd.conf"])

    def look() -> str | None:
        if lab.processes.find(name) is None:
            raise lab.processes.died(name)
        asked = lab.rooms.run(host, ["virsh", "-c", "qemu:///system", "version"], check=False)
        return None if asked.returncode == 0 else asked.stdout.strip()

    with lab.processes.log_on_timeout(name):
        wait_for(name, look, timeout=60)


def start_compute(lab: Laboratory, host: str) -> None:
    """nova-compute; wants the conductor's answer."""
    config = lab.layout.etc / host / "nova.conf"
    lab.start(host, f"{host}-nova-compute", [lab.layout.venv / "bin" / "nova-compute", "--config-file", config])


def start_agents(lab: Laboratory, host: str) -> None:
    """The Open vSwitch agent, and on the network host those for routers, DHCP and metadata."""
    config = lab.layout.etc / host / "neutron.conf"
    for agent in _agents_of(host):
        program = lab.layout.venv / "bin" / f"neutron-{agent}-agent"
        lab.start(host, f"{host}-{agent}-agent", [program, "--config-file", config])


def computes(lab: Laboratory, hosts: Iterable[str]) -> dict[str, datetime]:
    """When nova-compute began on each host."""
    return {host: _began(lab, f"{host}-nova-compute") for host in hosts}


def agents(lab: Laboratory, hosts: Iterable[str]) -> dict[tuple[str, str], datetime]:
    """When each network agent, a pair of program and host, began."""
    return {
        (f"neutron-{agent}-agent", host): _began(lab, f"{host}-{agent}-agent")
        for host in hosts
        for agent in _agents_of(host)
    }


def _agents_of(host: str) -> tuple[str, ...]:
    return ("openvswitch", "l3", "dhcp", "metadata") if host == NETWORK_HOST else ("openvswitch",)


def _began(lab: Laboratory, name: str) -> datetime:
    record = lab.processes.find(name)
    if record is None:
        raise lab.processes.died(name)
    return record.began()


def _bridge(lab: Laboratory, host: str, bridge: str, nic: str) -> None:
    lab.rooms.run(
        host,
        [
            "ovs-vsctl", "--timeout=30", "--may-exist", "add-br", bridge,
            "--", "set", "Bridge", bridge, "datapath_type=netdev",
            "--", "--may-exist", "add-port", bridge, nic,
        ],
    )  # fmt: skip
