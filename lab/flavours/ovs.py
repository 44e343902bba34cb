"""ML2/OVS: VLANs between the hosts, routers and DHCP in namespaces of the network host, security groups by iptables."""

from typing import ClassVar

from lab import control, network
from lab.flavours.base import Agent, Flavour
from lab.fork_servers import MESSAGING, Family
from lab.laboratory import Laboratory
from lab.layout import (
    BRIDGE_EXTERNAL,
    BRIDGE_PHYSICAL,
    EXTERNAL_NIC,
    FABRIC_NIC,
    NETWORK_HOST,
    PHYSNET_EXTERNAL,
    PHYSNET_TENANT,
    TENANT_VLANS,
    Layout,
)
from lab.passwords import Passwords
from lab.services import neutron
from lab.services.ini import Settings, merge
from lab.services.shared import agent_words
from lab.steps import Step

_RPC_SERVER = "network RPC server"
_RPC_PROGRAM = "neutron-rpc-server"
_MODULES = (
    "neutron.cmd.server",
    "neutron.cmd.agents.ovs_neutron_agent",
    "neutron.cmd.agents.l3",
    "neutron.cmd.agents.dhcp",
    "neutron.cmd.agents.metadata",
    "neutron.plugins.ml2.drivers.openvswitch.agent.ovs_neutron_agent",
    "neutron.agent.l3.agent",
    "neutron.agent.dhcp.agent",
    "neutron.plugins.ml2.plugin",
    MESSAGING,
)
# A report sent before its consumer is there costs the agent a minute.
_QUEUES = ("q-plugin", "q-l3-plugin", "q-reports-plugin", "q-server-resource-versions")


class OpenVSwitch(Flavour):
    """The driver with agents that hear of their ports over the message queue."""

    service_plugins: ClassVar[str] = "router"
    family: ClassVar[Family] = Family("neutron", _MODULES)
    programs: ClassVar[tuple[str, ...]] = (_RPC_PROGRAM, control.HOUSEKEEPING)
    before_agents: ClassVar[tuple[str, ...]] = (_RPC_SERVER,)

    def ml2_settings(self, layout: Layout) -> Settings:  # noqa: ARG002 - a flavour may need it
        """Tenants get VLANs, the administrator a flat network to the outside."""
        first, last = TENANT_VLANS
        return {
            "ml2": {
                "type_drivers": "flat,vlan",
                "project_network_types": "vlan",
                "mechanism_drivers": "openvswitch",
                "extension_drivers": "port_security",
                "path_mtu": 1500,
            },
            "ml2_type_flat": {"flat_networks": PHYSNET_EXTERNAL},
            "ml2_type_vlan": {"network_vlan_ranges": f"{PHYSNET_TENANT}:{first}:{last}"},
            "securitygroup": {"enable_security_group": True, "enable_ipset": True},
        }

    def agent_settings(self, layout: Layout, passwords: Passwords, host: str) -> Settings:
        """One file for all agents; only the network host has a way out."""
        mappings = [f"{PHYSNET_TENANT}:{BRIDGE_PHYSICAL}"]
        if host == NETWORK_HOST:
            mappings.append(f"{PHYSNET_EXTERNAL}:{BRIDGE_EXTERNAL}")
        own: Settings = {
            "DEFAULT": {
                "interface_driver": "openvswitch",
                # Networks without a router get the metadata service too, from their DHCP server.
                "enable_isolated_metadata": True,
                "force_metadata": True,
                "enable_metadata_proxy": True,
                "ovs_use_veth": False,
            },
            "agent": {"root_helper": "", "report_interval": 20, "tunnel_types": "", "extensions": ""},
            "ovs": {
                "datapath_type": "netdev",
                "bridge_mappings": ",".join(mappings),
                "ovsdb_connection": f"unix:{network.SWITCH_DATABASE}",
                "of_listen_address": "127.0.0.1",
                "of_connect_timeout": 30,
            },
            "securitygroup": {
                "firewall_driver": "iptables_hybrid",
                "enable_security_group": True,
                "enable_ipset": True,
            },
        }
        return merge(neutron.every_agent(layout, passwords, host, self.service_plugins), own)

    def control_steps(self, lab: Laboratory) -> list[Step]:
        """The server of the agents' calls, and the workers that mend and clean."""

        def start() -> None:
            control.start_neutron(lab, self.family, _RPC_PROGRAM)
            control.await_consumers(lab, *_QUEUES)

        return [Step(_RPC_SERVER, start, ("RabbitMQ", "keystone API", control.NEUTRON_IMPORTS))]

    def lay_bridges(self, lab: Laboratory, host: str) -> None:
        """The tenants' VLANs go to the fabric; the network host has the way out."""
        network.bridge(lab, host, BRIDGE_PHYSICAL, FABRIC_NIC)
        if host == NETWORK_HOST:
            network.bridge(lab, host, BRIDGE_EXTERNAL, EXTERNAL_NIC)

    def agents(self, layout: Layout, host: str) -> tuple[Agent, ...]:
        """The switch's agent, and on the network host those for routers, DHCP and metadata."""
        config = ["--config-file", layout.etc / host / "neutron.conf"]
        names = ("openvswitch", "l3", "dhcp", "metadata") if host == NETWORK_HOST else ("openvswitch",)
        programs = {name: f"neutron-{name}-agent" for name in names}
        return tuple(
            Agent(f"{name}-agent", program, [*agent_words(layout, program), *config], self.family)
            for name, program in programs.items()
        )
