"""One compute host: a room with a switch, libvirt, nova-compute and the agents of the network's flavour."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from lab import emulator, fork_servers, network
from lab.flavours import flavour_of
from lab.laboratory import Laboratory
from lab.layout import NETWORK_HOST, Layout
from lab.waiting import wait_for

_RUN = Path(network.SWITCH_DATABASE).parent
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
    binds |= emulator.binds(lab.layout)
    lab.rooms.ensure(host, binds)


def start_switch(lab: Laboratory, host: str) -> None:
    """Open vSwitch with its bridges; its database is made anew, as every port in it comes from a running service."""
    prepare = f"mkdir -p {_RUN}; test -e {_RUN}/conf.db || ovsdb-tool create {_RUN}/conf.db {_SCHEMA}"
    lab.rooms.run(host, ["sh", "-c", prepare])
    control = f"--unixctl={_RUN}/ovsdb.ctl"
    database = network.SWITCH_DATABASE
    lab.start(host, f"{host}-ovsdb", ["ovsdb-server", f"{_RUN}/conf.db", f"--remote=punix:{database}", control])
    wait_for(
        f"{host}-ovsdb",
        lambda: None if lab.rooms.run(host, ["test", "-S", database], check=False).returncode == 0 else "no socket",
        timeout=20,
        interval=0.05,
    )
    lab.rooms.run(host, ["ovs-vsctl", "--no-wait", "init"])
    flavour = flavour_of(lab.layout)
    words: list[str | Path] = ["ovs-vswitchd", f"unix:{database}", f"--unixctl={_RUN}/vswitch.ctl"]
    lab.start(host, f"{host}-vswitch", [*words, *flavour.vswitchd_options])
    network.join_fabric(lab, host)
    if host == NETWORK_HOST:
        network.join_outside(lab)
    flavour.lay_bridges(lab, host)


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
    words = fork_servers.program_words(lab.layout, "nova-compute")
    config = lab.layout.etc / host / "nova.conf"
    fork_servers.start(lab, fork_servers.NOVA, host, _compute(host), [*words, "--config-file", config])


def start_agents(lab: Laboratory, host: str) -> None:
    """The agents of the network's flavour."""
    for agent in flavour_of(lab.layout).agents(lab.layout, host):
        name = f"{host}-{agent.name}"
        if agent.family is None:
            lab.start(host, name, list(agent.words))
        else:
            fork_servers.start(lab, agent.family, host, name, agent.words)


def forked_from(layout: Layout, family: fork_servers.Family, hosts: Iterable[str]) -> list[str]:
    """The names of the hosts' services that a family's fork server starts."""
    names: list[str] = []
    for host in hosts:
        if family is fork_servers.NOVA:
            names.append(_compute(host))
        names += [f"{host}-{agent.name}" for agent in flavour_of(layout).agents(layout, host) if agent.family is family]
    return names


def computes(lab: Laboratory, hosts: Iterable[str]) -> dict[str, datetime]:
    """When nova-compute began on each host."""
    return {host: _began(lab, _compute(host)) for host in hosts}


def agents(lab: Laboratory, hosts: Iterable[str]) -> dict[tuple[str, str], datetime]:
    """When each network agent, a pair of program and host, began."""
    return {
        (agent.binary, host): _began(lab, f"{host}-{agent.name}")
        for host in hosts
        for agent in flavour_of(lab.layout).agents(lab.layout, host)
    }


def _compute(host: str) -> str:
    return f"{host}-nova-compute"


def _began(lab: Laboratory, name: str) -> datetime:
    record = lab.processes.find(name)
    if record is None:
        raise lab.processes.died(name)
    return record.began()
