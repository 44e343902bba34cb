"""ML2/OVN: Geneve between the hosts, routers, DHCP and security groups as flows, a metadata agent on each host.

Neutron writes what shall be into OVN's northbound database, northd turns it into flows in the southbound one, and
each host's controller reads its own there. Both databases are reached by unix sockets, which cross rooms.
"""

from pathlib import Path
from typing import ClassVar

from lab import control, network
from lab.commands import run
from lab.flavours.base import Agent, Flavour
from lab.fork_servers import MESSAGING, Family
from lab.laboratory import Laboratory
from lab.layout import (
    BRIDGE_EXTERNAL,
    BRIDGE_PHYSICAL,
    CONTROL,
    EXTERNAL_NIC,
    FABRIC_MTU,
    FABRIC_NIC,
    NETWORK_HOST,
    PHYSNET_EXTERNAL,
    TUNNEL_CIDR,
    Layout,
    tunnel_address,
)
from lab.passwords import Passwords
from lab.services import neutron
from lab.services.ini import Settings, merge
from lab.services.libvirt import identity
from lab.services.shared import agent_words
from lab.steps import Step
from lab.waiting import wait_for

_DATABASES = "OVN databases"
_MAINTENANCE = "network maintenance worker"
_MAINTENANCE_PROGRAM = "neutron-ovn-maintenance-worker"
_MODULES = (
    "neutron.cmd.server",
    "neutron.cmd.agents.ovn_metadata",
    "neutron.agent.ovn.metadata.agent",
    "neutron.plugins.ml2.plugin",
    MESSAGING,
)
_SCHEMAS = Path("/usr/share/ovn")
_HALVES = ("nb", "sb")
_STATE = "ovn"


class OpenVirtualNetwork(Flavour):
    """The driver whose agents are controllers that read a database."""

    packages: ClassVar[tuple[str, ...]] = ("ovn-central", "ovn-host")
    services: ClassVar[tuple[str, ...]] = ("ovn-central.service", "ovn-host.service")
    state: ClassVar[tuple[str, ...]] = (_STATE,)
    # Open vSwitch 3.1's connection tracking in user space aborts now and then under many short connections.
    vswitchd_options: ClassVar[tuple[str, ...]] = ("--monitor",)
    service_plugins: ClassVar[str] = "ovn-router"
    family: ClassVar[Family] = Family("neutron", _MODULES)
    programs: ClassVar[tuple[str, ...]] = (_MAINTENANCE_PROGRAM, control.HOUSEKEEPING)
    before_api: ClassVar[tuple[str, ...]] = (_DATABASES,)
    before_agents: ClassVar[tuple[str, ...]] = (_DATABASES, _MAINTENANCE)

    def ml2_settings(self, layout: Layout) -> Settings:
        """Tenants get Geneve networks, the administrator a flat one to the outside."""
        return {
            "ml2": {
                "type_drivers": "flat,geneve",
                "project_network_types": "geneve",
                "mechanism_drivers": "ovn",
                "extension_drivers": "port_security",
                "path_mtu": FABRIC_MTU,
                "overlay_ip_version": 4,
            },
            "ml2_type_flat": {"flat_networks": PHYSNET_EXTERNAL},
            "ml2_type_geneve": {"vni_ranges": "1:65536", "max_header_size": 38},
            "securitygroup": {"enable_security_group": True},
            "ovn": _connections(layout),
        }

    def agent_settings(self, layout: Layout, passwords: Passwords, host: str) -> Settings:
        """The metadata agent's; the controller reads its own in the switch's database."""
        own: Settings = {
            "ovs": {"ovsdb_connection": f"unix:{network.SWITCH_DATABASE}"},
            "agent": {"root_helper": ""},
            "ovn": _connections(layout),
        }
        return merge(neutron.every_agent(layout, passwords, host, self.service_plugins), own)

    def control_steps(self, lab: Laboratory) -> list[Step]:
        """The two databases with northd, and the worker that mends what Neutron and OVN see differently."""

        def maintain() -> None:
            control.start_neutron(lab, self.family, _MAINTENANCE_PROGRAM)

        return [
            Step(_DATABASES, lambda: _start_databases(lab), ("databases",)),
            Step(_MAINTENANCE, maintain, (_DATABASES, "neutron API", control.NEUTRON_IMPORTS)),
        ]

    def lay_bridges(self, lab: Laboratory, host: str) -> None:
        """The tunnels' own address on the fabric, and what the controller wants to know of its host."""
        lab.rooms.run(host, ["mkdir", "-p", "/run/ovn"])  # the controller's control socket
        network.bridge(lab, host, BRIDGE_PHYSICAL, FABRIC_NIC)
        address = f"{tunnel_address(host)}/{TUNNEL_CIDR.prefixlen}"
        lab.rooms.run(host, ["ip", "address", "replace", address, "dev", BRIDGE_PHYSICAL])
        lab.rooms.run(host, ["ip", "link", "set", BRIDGE_PHYSICAL, "up"])
        settings = {
            "system-id": identity(host),
            "hostname": host,
            "ovn-remote": f"unix:{lab.layout.socket_of('ovn-sb')}",
            "ovn-encap-type": "geneve",
            "ovn-encap-ip": str(tunnel_address(host)),
            "ovn-bridge-datapath-type": "netdev",
        }
        if host == NETWORK_HOST:
            network.bridge(lab, host, BRIDGE_EXTERNAL, EXTERNAL_NIC)
            settings["ovn-bridge-mappings"] = f"{PHYSNET_EXTERNAL}:{BRIDGE_EXTERNAL}"
            settings["ovn-cms-options"] = "enable-chassis-as-gw"
        words = [f"external_ids:{key}={value}" for key, value in settings.items()]
        lab.rooms.run(host, ["ovs-vsctl", "--timeout=30", "set", "Open_vSwitch", ".", *words])

    def agents(self, layout: Layout, host: str) -> tuple[Agent, ...]:
        """The controller and the metadata agent, on every host."""
        metadata = "neutron-ovn-metadata-agent"
        controller = ["ovn-controller", f"unix:{network.SWITCH_DATABASE}"]
        configs = ["--config-file", layout.etc / host / "neutron.conf"]
        return (
            Agent("ovn-controller", "ovn-controller", controller),
            Agent("ovn-metadata-agent", metadata, [*agent_words(layout, metadata), *configs], self.family),
        )


def _connections(layout: Layout) -> dict[str, str | bool]:
    sockets = {f"ovn_{half}_connection": f"unix:{layout.socket_of(f'ovn-{half}')}" for half in _HALVES}
    return {**sockets, "ovn_metadata_enabled": True}


def _start_databases(lab: Laboratory) -> None:
    """Both databases and northd; they are part of what the cloud keeps, beside Neutron's own."""
    layout = lab.layout
    folder = layout.state / _STATE
    folder.mkdir(parents=True, exist_ok=True)
    for half in _HALVES:
        name, data = f"ovn-{half}", folder / f"{half}.db"
        if not data.exists():
            run(["ovsdb-tool", "create", data, _SCHEMAS / f"ovn-{half}.ovsschema"])
        remote, control_socket = layout.socket_of(name), layout.socket_of(f"{name}-control")
        # A killed server leaves its lock behind, which only looks at the process's number.
        (folder / f".{half}.db.~lock~").unlink(missing_ok=True)
        lab.start(
            CONTROL,
            f"{name}-database",
            ["ovsdb-server", data, f"--remote=punix:{remote}", f"--unixctl={control_socket}"],
        )
        wait_for(name, lambda path=remote: None if path.is_socket() else "no socket", timeout=20, interval=0.05)
    sockets = {half: f"unix:{layout.socket_of(f'ovn-{half}')}" for half in _HALVES}
    words = [f"--ovnnb-db={sockets['nb']}", f"--ovnsb-db={sockets['sb']}"]
    lab.start(CONTROL, "ovn-northd", ["ovn-northd", *words, f"--unixctl={layout.socket_of('ovn-northd-control')}"])
