"""What a gateway and told connections mean for the directors' ports, rules and neighbours.

This rung decides the plan. That connections survive by it is decided on real daemons and guests.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.check import check
from components.plan.connection_sync import NOTIFY
from components.plan.hosts import Feature, Role
from components.plan.stack import StackPlan, plan_stack

BASE = Path(__file__).parents[1] / "config" / "bad_input" / "bases" / "gateway.yaml"
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
