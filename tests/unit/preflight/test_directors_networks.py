"""Who else is on an existing network that is the directors' own: the words. A cloud's ports: test_questions.py."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from components.plan.stack import StackPlan
from components.preflight import directors_networks
from components.preflight.existing_networks import FoundNetwork, Holder

SYNC = ip_network("10.10.10.0/24")
ALONE = FoundNetwork("n-1", owned=True, port_security=True, subnets={SYNC: "s-1"}, holders=())


@pytest.fixture
def gateway(plan_of: Callable[..., StackPlan]) -> StackPlan:
    """The lvs-gateway stack, on a sync network that is there already."""
    return plan_of("lvs-gateway", {"networks.sync": {"existing": "sync-net", "cidr": str(SYNC)}})


def words(plan: StackPlan, *holders: Holder, found: FoundNetwork = ALONE) -> list[str]:
    return list(directors_networks.remarks(plan, {"sync": (replace(found, holders=holders),)}))


def port(name: str, owner: str) -> Holder:
    return Holder(name, f"id-of-{name}", frozenset([ip_address("10.10.10.77")]), frozenset(), owner)


def test_other_servers_are_counted_and_the_first_is_named(gateway: StackPlan) -> None:
    others = (port("tenant-db", "compute:nova"), port("tenant-web", "baremetal:none"))
    assert words(gateway, port("", "network:dhcp"), *others) == [
        'Network "sync-net" is for the directors alone (vipstack:connection-sync.network and '
        "vipstack:vrrp.peer-network), since nothing that they say there is authenticated; but other servers have ports "
        "on it (2, the first is tenant-db). Name a network on which nobody else is."
    ]


def test_the_directors_own_ports_are_nobody_elses(gateway: StackPlan) -> None:
    assert words(gateway, port("lvs-gateway-director-01-sync", "compute:nova")) == []


def test_a_network_of_another_project_cannot_be_looked_through(gateway: StackPlan) -> None:
    (said,) = words(gateway, found=replace(ALONE, owned=False, shared=True))
    assert "; but it belongs to another project, whose ports cannot be seen from here." in said


def test_a_network_of_this_project_may_be_shared(gateway: StackPlan) -> None:
    (said,) = words(gateway, port("tenant-db", "compute:nova"), found=replace(ALONE, shared=True))
    assert "(1, the first is tenant-db) and it is shared with other projects." in said


def test_networks_of_virtual_ips_are_for_everybody(plan_of: Callable[..., StackPlan]) -> None:
    plan = plan_of("vrrp", {"networks.ha-lab": {"existing": "lab-net", "cidr": "10.200.51.0/24"}})
    facts = {"ha-lab": (replace(ALONE, holders=(port("tenant-db", "compute:nova"),)),)}
    assert list(directors_networks.remarks(plan, facts)) == []
