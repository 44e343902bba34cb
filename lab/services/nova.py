"""Nova: the API side, and the compute side of each host, which must not know any database."""

from lab.layout import API_PORTS, REGION, Layout
from lab.passwords import Passwords
from lab.services.ini import Settings, merge
from lab.services.shared import credentials, database, pool, queue, token_check

_PRIVSEP_CONTEXTS = ("nova_sys_admin", "vif_plug_ovs_privileged", "vif_plug_linux_bridge_privileged", "privsep_osbrick")
# Nova fills these in from the settings of whoever reads a cell's record. Written out, they would lead every lab that
# starts from a copy of the databases into the database of the lab they were made in.
_CELL_DATABASE = "{{scheme}}://{{username}}@{{hostname}}/{}?{{query}}"
_CELL_QUEUE = "{scheme}://{username}:{password}@{hostname}:{port}/{path}"
# TCG's translation cache is 1 GiB a guest by default; 128 MiB takes a Debian guest from 1.28 GB to 435 MB.
_TRANSLATION_CACHE_MIB = 128


def _everywhere(layout: Layout, passwords: Passwords, state: str) -> Settings:
    folder = layout.state / state
    clients = {
        section: {**credentials("nova", passwords), "region_name": REGION}
        for section in ("placement", "neutron", "service_user", "glance")
    }
    own: Settings = {
        "DEFAULT": {
            "transport_url": queue(passwords),
            "my_ip": "127.0.0.1",
            "state_path": folder / "nova",
            # One folder for all hosts, as on shared storage: an image is fetched and converted once.
            "instances_path": layout.state / "instances",
            "compute_driver": "libvirt.LibvirtDriver",
            "resume_guests_state_on_host_boot": True,
            "shutdown_timeout": 10,
            "vif_plugging_timeout": 120,
            "service_down_time": 60,
            "report_interval": 10,
        },
        "oslo_concurrency": {"lock_path": folder / "nova" / "locks"},
        "glance": {"api_servers": f"http://127.0.0.1:{API_PORTS['glance']}"},
        "neutron": {"service_metadata_proxy": True, "metadata_proxy_shared_secret": passwords.metadata},
        "service_user": {"send_service_user_token": True},
        "vnc": {"enabled": False},
        "spice": {"enabled": False},
        "upgrade_levels": {"compute": "auto"},
    }
    return merge(clients, own)


def settings(layout: Layout, passwords: Passwords) -> Settings:
    """nova.conf of the API, the conductor, the scheduler and the metadata API."""
    own: Settings = {
        # New hosts are looked for at once and often: by default the first look waits for up to a minute.
        "DEFAULT": {"periodic_fuzzy_delay": 0},
        "database": pool(database(layout, "nova_cell1")),
        "api_database": pool(database(layout, "nova_api")),
        "api": {"auth_strategy": "keystone"},
        "scheduler": {"discover_hosts_in_cells_interval": 1, "workers": 1},
        "conductor": {"workers": 1},
    }
    return merge(_everywhere(layout, passwords, "control"), token_check("nova", passwords), own)


def compute_settings(layout: Layout, passwords: Passwords, host: str) -> Settings:
    """nova.conf of one compute host."""
    helper = layout.venv / "bin" / "privsep-helper"
    config = layout.etc / host / "nova.conf"
    own: Settings = {
        # libvirt says what is free now, not what there is, and all hosts are one machine: Nova's sums mean little here.
        "DEFAULT": {"host": host, "ram_allocation_ratio": 4.0, "reserved_host_memory_mb": 0},
        "libvirt": {
            "virt_type": "qemu",
            "cpu_mode": "none",
            "hw_machine_type": "x86_64=pc",
            "tb_cache_size": _TRANSLATION_CACHE_MIB,
            "connection_uri": "qemu:///system",
            "images_type": "qcow2",
        },
        "os_vif_ovs": {"ovsdb_connection": "unix:/run/openvswitch/db.sock", "ovsdb_interface": "native"},
        "oslo_concurrency": {"lock_path": layout.state / "instances" / "locks"},
    }
    privsep: Settings = {
        context: {"helper_command": f"{helper} --config-file {config}"} for context in _PRIVSEP_CONTEXTS
    }
    return merge(_everywhere(layout, passwords, host), own, privsep)


def make_database(layout: Layout) -> list[list[str]]:
    """The commands that fill the empty databases and map the cells, in order."""
    manage = [str(layout.venv / "bin" / "nova-manage"), f"--config-file={layout.etc / 'nova/nova.conf'}"]
    return [
        [*manage, "api_db", "sync"],
        [*manage, "cell_v2", "map_cell0", f"--database_connection={_CELL_DATABASE.format('nova_cell0')}"],
        [
            *manage,
            "cell_v2",
            "create_cell",
            "--name=cell1",
            f"--database_connection={_CELL_DATABASE.format('nova_cell1')}",
            f"--transport-url={_CELL_QUEUE}",
        ],
        [*manage, "db", "sync"],
    ]
