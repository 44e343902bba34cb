"""Tables, their numbers and priorities, and what of them moves with a virtual IP.

This rung decides the numbers. What the kernel does with them is decided in tests/drill and in the lab.
"""

from typing import Any

from components.plan.policy_routing import DEFAULT_PRIORITY, SPECIFIC_PRIORITY, plan_policy_routing
from components.plan.stack import plan_stack

BACK: dict[str, Any] = {
    "networks.back": {"cidr": "172.3.50.0/24", "router": {"external-network": "outside", "snat": False}},
    "networks.sync": {"cidr": "10.1.1.0/24"},
    "directors.nics": [{"network": "web"}, {"network": "sync"}, {"network": "back"}],
}


def tables(configured: Any, changes: dict[str, Any]) -> list[tuple[str, int, int, str]]:
    routing = plan_policy_routing(configured({**BACK, "policy-routing": {}, **changes}))
    assert routing
    return [(table.name, table.id, table.priority, str(table.gateway)) for table in routing.tables]


def test_each_nic_with_a_gateway_and_each_virtual_ip_has_a_table(configured) -> None:
    assert tables(configured, {}) == [
        ("nic-web", 101, 1010, "203.0.113.1"),
        ("nic-back", 102, 1020, "172.3.50.1"),
        ("vip-www", 103, 1030, "203.0.113.1"),
    ], "deployed guests have these numbers; a sync network has no gateway, so nothing to choose"


def test_what_the_operator_says_is_kept_and_the_rest_goes_around_it(configured) -> None:
    said = {
        "admin": {"network": "back", "id": 101, "gateway": "172.3.50.254"},
        "floating": {"virtual-ip": "www", "priority": 1011},
    }
    spared = {"networks.back.excluded-ranges": ["172.3.50.254"]}
    assert tables(configured, {**spared, "policy-routing.tables": said}) == [
        ("nic-web", 102, 1020, "203.0.113.1"),
        ("admin", 101, 1030, "172.3.50.254"),
        ("floating", 103, 1011, "203.0.113.1"),
    ]


def test_no_two_rules_share_a_priority_and_all_come_before_the_main_tables(configured) -> None:
    said = {"admin": {"network": "back", "priority": 1009}}
    used = [
        n for _, _, priority, _ in tables(configured, {"policy-routing.tables": said}) for n in (priority, priority + 1)
    ]
    used += [SPECIFIC_PRIORITY, DEFAULT_PRIORITY]
    assert len(used) == len(set(used))
    assert max(used) < 32766, "the kernel's main table comes last"


def test_the_main_network_is_the_first_with_a_gateway_unless_said(configured) -> None:
    for wanted, name in (({}, "nic-web"), ({"main-network": "back"}, "nic-back")):
        routing = plan_policy_routing(configured({**BACK, "policy-routing": wanted}))
        assert routing
        assert [table.name for table in routing.mains] == [name]


def test_the_virtual_ips_routes_and_rules_are_its_instances(configured) -> None:
    (instance,) = plan_stack("s", configured({**BACK, "policy-routing": {}})).instances
    assert [(str(route.destination), str(route.gateway), route.table) for route in instance.routes] == [
        ("203.0.113.0/27", "None", 103),
        ("0.0.0.0/0", "203.0.113.1", 103),
    ]
    assert {str(route.source) for route in instance.routes} == {"203.0.113.2"}
    assert [(str(rule.source), str(rule.destination), rule.priority) for rule in instance.rules] == [
        ("203.0.113.2/32", "None", 1030),
        ("None", "203.0.113.2/32", 1031),
    ]


IPV6: dict[str, Any] = {
    "networks.web.ipv6": {"cidr": "2001:db8:51::/64", "allocation-pools": ["2001:db8:51::100-2001:db8:51::1ff"]},
    "virtual-ips": {
        "www6": {"network": "web", "address": "2001:db8:51::2"},
        "www": {"network": "web", "address": "203.0.113.2"},
    },
    "vrrp.instances.www6": {"virtual-ips": ["www6"], "virtual-router-id": 51},
}


def test_a_nics_table_has_a_part_of_each_family_and_a_virtual_ip_of_ipv6_a_table_after_the_others(configured) -> None:
    assert tables(configured, IPV6) == [
        ("nic-web", 101, 1010, "203.0.113.1"),
        ("nic-web", 101, 1010, "2001:db8:51::1"),
        ("nic-back", 102, 1020, "172.3.50.1"),
        ("vip-www", 103, 1030, "203.0.113.1"),
        ("vip-www6", 104, 1040, "2001:db8:51::1"),
    ], "the kernel keeps the families apart, and no table of IPv4 has another number than without IPv6"


def test_gateways_of_ipv6_are_said_by_themselves(configured) -> None:
    said = {
        "admin": {"network": "web", "ipv6-gateway": "fe80::1"},
        "floating": {"virtual-ip": "www6", "ipv6-gateway": "2001:db8:51::fe"},
    }
    found = {(name, gateway) for name, _, _, gateway in tables(configured, {**IPV6, "policy-routing.tables": said})}
    assert found >= {("admin", "203.0.113.1"), ("admin", "fe80::1"), ("floating", "2001:db8:51::fe")}


def test_a_family_that_leads_nowhere_has_no_table(configured) -> None:
    changes = {**IPV6, "networks.web.router": "DELETE", "networks.web.gateway": "203.0.113.1"}
    assert [name for name, *_ in tables(configured, changes)] == ["nic-web", "nic-back", "vip-www"], "IPv4's gateway"


def test_of_a_family_that_the_main_network_lacks_the_first_nic_with_it_is_the_way_out(configured) -> None:
    routing = plan_policy_routing(configured({**BACK, **IPV6, "policy-routing": {"main-network": "back"}}))
    assert routing
    assert [(table.name, table.family) for table in routing.mains] == [("nic-back", 4), ("nic-web", 6)]


def test_routes_and_rules_of_a_virtual_ip_of_ipv6_are_its_instances(configured) -> None:
    _, instance = plan_stack("s", configured({**BACK, **IPV6, "policy-routing": {}})).instances
    assert [(str(route.destination), str(route.gateway), route.table) for route in instance.routes] == [
        ("2001:db8:51::/64", "None", 104),
        ("::/0", "2001:db8:51::1", 104),
    ]
    assert [(str(rule.source), str(rule.destination), rule.priority) for rule in instance.rules] == [
        ("2001:db8:51::2/128", "None", 1040),
        ("None", "2001:db8:51::2/128", 1041),
    ]


def test_a_stack_without_the_noun_has_none_of_it(configured) -> None:
    plan = plan_stack("s", configured())
    assert plan.policy_routing is None
    assert not plan.instances[0].routes
    assert not plan.instances[0].rules
