"""Neutron: its API and what all its agents have in common; what an ML2 driver brings is ../flavours' affair."""

from lab.layout import METADATA_PORT, Layout
from lab.passwords import Passwords
from lab.services.ini import Settings, merge
from lab.services.shared import credentials, database, pool, queue, token_check

# A routed network needs a router without SNAT, and that is the administrator's by default.
POLICY = """\
"create_router:external_gateway_info:enable_snat": "rule:admin_only or (role:member and project_id:%(project_id)s)"
"update_router:external_gateway_info:enable_snat": "rule:admin_only or (role:member and project_id:%(project_id)s)"
"""


def _everywhere(layout: Layout, passwords: Passwords, room: str, service_plugins: str) -> Settings:
    return {
        "DEFAULT": {
            "transport_url": queue(passwords),
            "state_path": layout.state / room / "neutron",
            "core_plugin": "ml2",
            "service_plugins": service_plugins,
        },
        "oslo_concurrency": {"lock_path": layout.state / room / "neutron" / "locks"},
    }


def settings(layout: Layout, passwords: Passwords, service_plugins: str) -> Settings:
    """neutron.conf of the API and of the programs beside it."""
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
    everywhere = _everywhere(layout, passwords, "control", service_plugins)
    return merge(everywhere, token_check("neutron", passwords), own)


def every_agent(layout: Layout, passwords: Passwords, host: str, service_plugins: str) -> Settings:
    """What every agent on a host needs, whatever the flavour: the way to the metadata service."""
    own: Settings = {
        "DEFAULT": {
            "host": host,
            "nova_metadata_host": "127.0.0.1",
            "nova_metadata_port": METADATA_PORT,
            "metadata_proxy_shared_secret": passwords.metadata,
            "metadata_workers": 1,
        },
    }
    return merge(_everywhere(layout, passwords, host, service_plugins), own)


def make_database(layout: Layout) -> list[list[str]]:
    """The commands that fill an empty database."""
    folder = layout.etc / "neutron"
    manage = [str(layout.venv / "bin" / "neutron-db-manage"), "--config-file", str(folder / "neutron.conf")]
    return [[*manage, "--config-file", str(folder / "ml2.ini"), "upgrade", "head"]]
