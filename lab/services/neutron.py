"""Neutron: ML2 with Open vSwitch on the userspace datapath, security groups by iptables, and its agents."""

from lab.layout import (
    BRIDGE_EXTERNAL,
    BRIDGE_PHYSICAL,
    METADATA_PORT,
    NETWORK_HOST,
    PHYSNET_EXTERNAL,
    PHYSNET_TENANT,
    TENANT_VLANS,
    Layout,
)
from lab.passwords import Passwords
from lab.services.ini import Settings, merge
from lab.services.shared import credentials, database, pool, queue, token_check

_PRIVSEP_CONTEXTS = (
    "privsep",
    "privsep_conntrack",
    "privsep_dhcp_release",
    "privsep_link",
    "privsep_namespace",
    "privsep_ovs_vsctl",
)

# A routed network needs a router without SNAT, and that is the administrator's by default.
POLICY = """\
"create_router:external_gateway_info:enable_snat": "rule:admin_only or (role:member and project_id:%(project_id)s)"
"update_router:external_gateway_info:enable_snat": "rule:admin_only or (role:member and project_id:%(project_id)s)"
"""


def _everywhere(layout: Layout, passwords: Passwords, room: str) -> Settings:
    return {
        "DEFAULT": {
            "transport_url": queue(passwords),
            "state_path": layout.state / room / "neutron",
            "core_plugin": "ml2",
            "service_plugins": "router",
        },
        "oslo_concurrency": {"lock_path": layout.state / room / "neutron" / "locks"},
    }


def settings(layout: Layout, passwords: Passwords) -> Settings:
    """neutron.conf of the API, the RPC server and the periodic workers."""
    own: Settings = {
        "DEFAULT": {
            "auth_strategy": "keystone",
            "api_paste_config": layout.venv / "etc" / "neutron" / "api-paste.ini",
            "rpc_workers": 1,
            "rpc_state_report_workers": 0,
            "notify_nova_on_port_status_changes": True,
            "notify_nova_on_port_data_changes": True,
            "agent_down_time": 75,
            "global_physnet_mtu": 1500,
        },
        "database": pool(database(layout, "neutron")),
        "nova": credentials("neutron", passwords),
        "oslo_policy": {"policy_file": layout.etc / "neutron" / "policy.yaml"},
    }
    return merge(_everywhere(layout, passwords, "control"), token_check("neutron", passwords), own)


def ml2_settings() -> Settings:
    """ml2.ini: tenants get VLANs, the administrator a flat network to the outside."""
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


def agent_settings(layout: Layout, passwords: Passwords, host: str) -> Settings:
    """The settings of every agent on one host; only the network host has a way out."""
    mappings = [f"{PHYSNET_TENANT}:{BRIDGE_PHYSICAL}"]
    if host == NETWORK_HOST:
        mappings.append(f"{PHYSNET_EXTERNAL}:{BRIDGE_EXTERNAL}")
    helper = f"{layout.venv / 'bin' / 'privsep-helper'} --config-file {layout.etc / host / 'neutron.conf'}"
    own: Settings = {
        "DEFAULT": {
            "host": host,
            "interface_driver": "openvswitch",
            # Networks without a router get the metadata service too, from their DHCP server.
            "enable_isolated_metadata": True,
            "force_metadata": True,
            "enable_metadata_proxy": True,
            "nova_metadata_host": "127.0.0.1",
            "nova_metadata_port": METADATA_PORT,
            "metadata_proxy_shared_secret": passwords.metadata,
            "metadata_workers": 1,
            "ovs_use_veth": False,
        },
        "agent": {"root_helper": "", "report_interval": 20, "tunnel_types": "", "extensions": ""},
        "ovs": {
            "datapath_type": "netdev",
            "bridge_mappings": ",".join(mappings),
            "ovsdb_connection": "unix:/run/openvswitch/db.sock",
            "of_listen_address": "127.0.0.1",
            "of_connect_timeout": 30,
        },
        "securitygroup": {"firewall_driver": "iptables_hybrid", "enable_security_group": True, "enable_ipset": True},
    }
    privsep: Settings = {context: {"helper_command": helper} for context in _PRIVSEP_CONTEXTS}
    return merge(_everywhere(layout, passwords, host), own, privsep)


def make_database(layout: Layout) -> list[list[str]]:
    """The commands that fill an empty database."""
    folder = layout.etc / "neutron"
    manage = [str(layout.venv / "bin" / "neutron-db-manage"), "--config-file", str(folder / "neutron.conf")]
    return [[*manage, "--config-file", str(folder / "ml2.ini"), "upgrade", "head"]]
