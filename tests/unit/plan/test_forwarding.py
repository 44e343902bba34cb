"""Virtual servers with their real servers and weights, and the addresses that are assumed without a cloud.

This rung decides the lists. The IPVS table on a director is decided in the lab.
"""

from ipaddress import IPv4Address

import pytest

from components.plan.firewall import PortAddress
from components.plan.forwarding import RealServer
from components.plan.hosts import Role
from components.plan.stack import assumed_addresses, plan_stack
from components.plan.tracking import TrackFile


def test_each_service_is_a_virtual_server_with_every_real_server(configured) -> None:
    (server,) = plan_stack("s", configured()).virtual_servers
    assert (server.service, server.addresses, str(server.ports)) == ("http", (IPv4Address("203.0.113.2"),), "80")
    assert [real.host for real in server.real_servers] == ["apache-1", "apache-2"]


def test_a_real_servers_own_weight_beats_the_common_one(configured) -> None:
    config = configured({"real-servers.weight": 3, "real-servers.servers.apache-2.weight": 0})
    (server,) = plan_stack("s", config).virtual_servers
    assert server.real_servers == (
        RealServer("apache-1", PortAddress("apache-1-web"), 80, 3),
        RealServer("apache-2", PortAddress("apache-2-web"), 80, 0),
    ), "0 is a weight of its own: no new connections"


def test_a_stack_without_services_has_no_virtual_server(configured) -> None:
    assert plan_stack("s", configured({"services": "DELETE", "real-servers": "DELETE"})).virtual_servers == ()


def test_an_instance_follows_the_quorum_of_what_it_serves(configured) -> None:
    plan = plan_stack("s", configured())
    assert [instance.files for instance in plan.instances] == [(plan.virtual_servers[0].quorum_file,)]
    assert plan.virtual_servers[0].quorum_file == TrackFile("http-203.0.113.2", "/run/vipstack-quorum-http-203.0.113.2")


@pytest.mark.parametrize(
    "changes", [{"services.http.ipvs": "static"}, {"services.http.health-check": {"type": "none"}}]
)
def test_an_instance_follows_nothing_where_nobody_asks_the_real_servers(configured, changes) -> None:
    assert plan_stack("s", configured(changes)).instances[0].files == ()


def test_the_instances_of_a_sync_group_follow_nothing(configured) -> None:
    """Keepalived takes no weights there."""
    changes = {
        "virtual-ips.more": {"network": "web", "address": "203.0.113.7"},
        "vrrp.instances.more": {"virtual-ips": ["more"], "virtual-router-id": 77},
        "vrrp.sync-groups": {"both": ["www", "more"]},
    }
    assert [instance.files for instance in plan_stack("s", configured(changes)).instances] == [(), ()]


def test_assumed_addresses_are_the_operators_and_then_the_pools(configured) -> None:
    addresses = assumed_addresses(plan_stack("s", configured()))
    assert addresses["apache-1-web"] == IPv4Address("203.0.113.4")
    assert addresses["observer-web"] == IPv4Address("203.0.113.16"), "the first of the pool that nobody has"


def test_assumed_addresses_are_all_different(configured) -> None:
    config = configured(
        {"real-servers.servers": "DELETE", "real-servers.count": 9, "directors.nics.0.addresses": "DELETE"}
    )
    addresses = assumed_addresses(plan_stack("s", config))
    assert len(set(addresses.values())) == len(addresses) == 12


def test_hosts_know_their_port_by_network(configured) -> None:
    (observer,) = plan_stack("s", configured()).hosts_of(Role.OBSERVER)
    assert observer.port_on("web").key == "observer-web"
    with pytest.raises(KeyError):
        observer.port_on("lan")


def test_an_observer_switched_off_is_not_planned(configured) -> None:
    assert plan_stack("s", configured({"observer.enabled": False})).hosts_of(Role.OBSERVER) == ()


def test_no_placement_means_no_server_group(configured) -> None:
    plan = plan_stack("s", configured({"directors.placement": "none"}))
    assert {host.placement for host in plan.hosts_of(Role.DIRECTOR)} == {None}
    assert {host.placement for host in plan.hosts_of(Role.REAL_SERVER)} == {"soft-anti-affinity"}
