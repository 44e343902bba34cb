"""What is deployed keeps its identity: keys and names, pinned, and stable while lists grow.

This rung decides that an update renames nothing by accident: another key or name means that a server is replaced. If a
pin here must change, that is a breaking change, and CHANGELOG.md says so.
"""

from typing import Any

import pytest

from components.config.stack import StackConfig
from components.plan.stack import StackPlan, plan_stack

PINNED_HOSTS = {
    "director-1": "lvs-director-1",
    "director-2": "lvs-director-2",
    "apache-1": "lvs-apache-1",
    "apache-2": "lvs-apache-2",
    "observer": "lvs-observer",
}
PINNED_PORTS = {
    "director-1-web": "lvs-director-1-web",
    "director-2-web": "lvs-director-2-web",
    "apache-1-web": "lvs-apache-1-web",
    "apache-2-web": "lvs-apache-2-web",
    "observer-web": "lvs-observer-web",
}


def names_of(plan: StackPlan) -> dict[str, dict[str, str]]:
    return {
        "networks": {network.key: network.name for network in plan.networks},
        "virtual IPs": {vip.key: vip.name for vip in plan.virtual_ips},
        "groups": {group.key: group.name for group in plan.security_groups},
        "hosts": {host.key: host.name for host in plan.hosts},
        "ports": {port.key: port.name for host in plan.hosts for port in host.ports},
    }


def test_the_names_in_the_cloud_are_pinned(configured) -> None:
    assert names_of(plan_stack("lvs", configured())) == {
        "networks": {"web": "lvs-web"},
        "virtual IPs": {"www": "lvs-www"},
        "groups": {"real-server": "lvs-real-server", "observer": "lvs-observer"},
        "hosts": PINNED_HOSTS,
        "ports": PINNED_PORTS,
    }


def test_numbered_hosts_are_pinned(configured) -> None:
    config = configured({"real-servers.servers": "DELETE", "real-servers.count": 2})
    hosts = [host.key for host in plan_stack("lvs", config).hosts]
    assert hosts == ["director-1", "director-2", "real-server-1", "real-server-2", "observer"]


GROWTH: dict[str, dict[str, Any]] = {
    "a real server at the front": {
        "real-servers.servers": {
            "apache-0": {"address": "203.0.113.8"},
            "apache-1": {"address": "203.0.113.4"},
            "apache-2": {"address": "203.0.113.5"},
        }
    },
    "a third director": {
        "directors.count": 3,
        "directors.nics.0.addresses": ["203.0.113.3", "203.0.113.6", "203.0.113.8"],
    },
    "a virtual IP at the front": {
        "virtual-ips": {
            "mail": {"network": "web", "address": "203.0.113.8"},
            "www": {"network": "web", "address": "203.0.113.2"},
        },
        "vrrp.instances.www.virtual-ips": ["mail", "www"],
    },
    "a service at the front": {
        "services": {
            "alt": {"virtual-ip": "www", "port": 81},
            "http": {"virtual-ip": "www", "port": 80, "scheduler": "rr"},
        },
    },
    "a second network": {
        "networks.lan": {"cidr": "10.0.0.0/24", "excluded-ranges": ["10.0.0.0-10.0.0.9"]},
        "directors.nics": [
            {"network": "lan"},
            {"network": "web", "addresses": ["203.0.113.3", "203.0.113.6"]},
        ],
    },
}


@pytest.mark.parametrize("changes", GROWTH.values(), ids=GROWTH)
def test_what_was_there_keeps_key_name_and_address_when_a_list_grows(configured, changes: dict[str, Any]) -> None:
    before, after = (_identities(configured(change)) for change in ({}, changes))
    assert before.items() <= after.items(), "a neighbour's arrival replaces nobody"


def _identities(config: StackConfig) -> dict[str, tuple[str, ...]]:
    plan = plan_stack("s", config)
    found = {f"host {host.key}": (host.name, host.image, host.flavor) for host in plan.hosts}
    found |= {f"port {p.key}": (p.name, p.network, str(p.address)) for host in plan.hosts for p in host.ports}
    found |= {f"virtual IP {vip.key}": (vip.name, vip.network, str(vip.address)) for vip in plan.virtual_ips}
    found |= {f"instance {i.name}": (str(i.virtual_router_id), i.interface) for i in plan.instances}
    return found


def test_the_masters_priority_survives_a_third_director(configured) -> None:
    two = plan_stack("s", configured()).instances[0]
    three = plan_stack("s", configured(GROWTH["a third director"])).instances[0]
    for director in two.directors:
        assert three.priority(director) == two.priority(director), "or the master would change with the update"
