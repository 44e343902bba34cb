"""What a gateway and told connections mean for the directors' ports, rules and neighbours.

This rung decides the plan. That connections survive by it is decided on real daemons and guests.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.check import check
from components.plan.connection_sync import NOTIFY
from components.plan.firewall import PortAddress, RuleProtocol
from components.plan.hosts import Feature, Role, planned
from components.plan.stack import StackPlan, plan_stack

BASE = Path(__file__).parents[1] / "config" / "bad_input" / "bases" / "gateway.yaml"
BOTH = BASE.with_name("gateway_ipv6.yaml")
SERVERS = {"network": "internal", "count": 2, "image": "debian-12", "flavor": "vip.small"}


@pytest.fixture
def plan() -> StackPlan:
    nouns: dict[str, Any] = yaml.safe_load(BASE.read_text())
    nouns["services"] = {"http": {"virtual-ip": "outside", "port": 80, "forwarding": "nat"}}
    return plan_stack("s", check({**nouns, "real-servers": SERVERS}))


def test_only_the_ports_between_which_packets_are_forwarded_are_open(plan: StackPlan) -> None:
    for director in plan.hosts_of(Role.DIRECTOR):
        assert {port.network for port in director.ports if not port.security} == {"public", "internal"}
        assert not director.port_on("sync").pairs, "no virtual IP is there"


def test_a_director_is_offered_no_way_out_but_the_outside(plan: StackPlan) -> None:
    for director in plan.hosts_of(Role.DIRECTOR):
        assert [port.network for port in director.ports if port.way_out] == ["public"]


def test_who_is_behind_the_gateway_waits_for_it(plan: StackPlan) -> None:
    keys = tuple(director.key for director in plan.hosts_of(Role.DIRECTOR))
    assert {server.behind for server in plan.hosts_of(Role.REAL_SERVER)} == {keys}
    assert {director.behind for director in plan.hosts_of(Role.DIRECTOR)} == {()}


def test_an_open_port_lets_in_no_stranger_as_an_answer(plan: StackPlan) -> None:
    """A stateful ruleset knows answers by their connection."""
    rules = [rule.key for host in plan.hosts_of(Role.DIRECTOR) for port in host.ports for rule in port.guest_rules]
    assert rules
    assert not [key for key in rules if key.startswith("answers")]


def test_the_peers_alone_are_let_in_on_the_sync_network(plan: StackPlan) -> None:
    (group,) = [group for group in plan.security_groups if group.key == Role.DIRECTOR]
    told = {rule.key: rule.ports for rule in group.rules if rule.key.startswith(("tracking", "balancing"))}
    assert told == {
        "tracking-from-director-01-sync": (3780, 3780),
        "tracking-from-director-02-sync": (3780, 3780),
        "balancing-from-director-01-sync": (4789, 4789),
        "balancing-from-director-02-sync": (4789, 4789),
    }


def test_the_gateways_group_tells_conntrackd_of_changes(plan: StackPlan) -> None:
    assert [group.notify for group in plan.sync_groups] == [NOTIFY]


def test_a_host_of_another_stack_has_neither_feature(configured) -> None:
    assert not {feature for host in plan_stack("s", configured()).hosts for feature in host.features}


def test_directors_have_both_features(plan: StackPlan) -> None:
    assert {host.features for host in plan.hosts_of(Role.DIRECTOR)} == {(Feature.GATEWAY, Feature.CONNECTION_SYNC)}


def test_each_director_has_an_address_of_its_own_in_the_tunnel(plan: StackPlan) -> None:
    sync = plan.connection_sync
    assert sync is not None
    assert [str(sync.tunnel_address(key)) for key in sync.directors] == ["169.254.88.1/24", "169.254.88.2/24"]
    assert sync.peers("director-01") == ("director-02-sync",)


@pytest.fixture
def both() -> StackPlan:
    return plan_stack("s", check(yaml.safe_load(BOTH.read_text())))


def test_a_gateway_of_both_families_routes_ipv6_and_translates_ipv4(both: StackPlan) -> None:
    gateway = planned(both.gateway, Feature.GATEWAY)
    assert (gateway.inside, gateway.outside) == ("internal", "public")
    assert [(str(one.inside), one.source and str(one.source)) for one in gateway.passages] == [
        ("10.0.0.0/24", "192.168.122.140"),
        ("2001:db8:a::/64", None),
    ]


def test_ipv6_is_seen_as_its_own_virtual_ip_where_that_is_wished_for() -> None:
    nouns: dict[str, Any] = yaml.safe_load(BOTH.read_text())
    nouns["gateway"]["ipv6"]["snat"] = True
    made = plan_stack("s", check(nouns))
    passages = planned(made.gateway, Feature.GATEWAY).passages
    assert [str(one.source) for one in passages] == ["192.168.122.140", "2001:db8:122::140"]
    assert _routes(made) == [], "nobody outside asks for an address inside"


def _routes(plan: StackPlan) -> list[tuple[str, str, str]]:
    found = [(key.key, key.destination, key.next_hop) for n in plan.networks if n.router for key in n.router.routes]
    return [(key, str(destination), str(next_hop)) for key, destination, next_hop in found]


def test_the_stacks_own_router_is_told_where_a_routed_prefix_is(both: StackPlan) -> None:
    assert _routes(both) == [("public.to-internal.ipv6", "2001:db8:a::/64", "2001:db8:122::140")]


def test_a_routed_network_of_ipv4_is_told_too(plan: StackPlan) -> None:
    assert _routes(plan) == [], "with source NAT the answers find the virtual IP"
    nouns: dict[str, Any] = yaml.safe_load(BASE.read_text())
    nouns["gateway"]["snat"] = False
    assert _routes(plan_stack("s", check(nouns))) == [("public.to-internal", "10.0.0.0/24", "192.168.122.140")]


def test_a_directors_own_way_out_over_ipv6_is_more_specific_than_what_it_was_told(both: StackPlan) -> None:
    routes = planned(both.gateway, Feature.GATEWAY).own_routes
    assert [(str(route.destination), str(route.gateway), route.network) for route in routes] == [
        ("::/1", "2001:db8:122::1", "public"),
        ("8000::/1", "2001:db8:122::1", "public"),
    ]


def test_a_gateway_of_ipv4_alone_brings_no_routes(plan: StackPlan) -> None:
    assert planned(plan.gateway, Feature.GATEWAY).own_routes == ()


def test_adverts_of_both_families_are_let_in_on_the_sync_network(both: StackPlan) -> None:
    (group,) = [group for group in both.security_groups if group.key == Role.DIRECTOR]
    vrrp = {rule.key for rule in group.rules if rule.protocol is RuleProtocol.VRRP}
    assert {"vrrp-from-director-01-sync", "vrrp-from-director-01-sync.ipv6"} <= vrrp


def test_the_virtual_ips_of_ipv6_are_promised_what_those_of_ipv4_are(both: StackPlan) -> None:
    assert len(both.instances) == 4
    assert {instance.bound for instance in both.instances} == {both.instances[0].bound}
    assert {tuple(instance.failover_bounds.items()) for instance in both.instances} == {
        (("crash", 3.527), ("clean-stop", 0.527), ("link-down", 0.527))
    }


def test_each_change_of_the_four_is_told_to_conntrackd(both: StackPlan) -> None:
    assert [(group.instances, group.notify) for group in both.sync_groups] == [
        (("outside", "inside", "outside6", "inside6"), NOTIFY)
    ]


def test_only_the_ports_between_which_ipv6_is_forwarded_are_open_too(both: StackPlan) -> None:
    for director in both.hosts_of(Role.DIRECTOR):
        assert {port.network for port in director.ports if not port.security} == {"public", "internal"}


def test_nat_hands_ipv6_to_the_real_servers_own_addresses_of_it() -> None:
    nouns: dict[str, Any] = yaml.safe_load(BOTH.read_text())
    nouns["services"] = {"http": {"virtual-ip": "outside6", "port": 80, "forwarding": "nat"}}
    (server,) = plan_stack("s", check({**nouns, "real-servers": SERVERS})).virtual_servers
    assert [real.where for real in server.real_servers] == [
        PortAddress("real-server-1-internal", 6),
        PortAddress("real-server-2-internal", 6),
    ]
