"""What comes and goes with an instance, in keepalived's words. That the daemon takes them is for tests/daemons."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest

from components.plan.stack import StackPlan
from components.plan.tracking import TrackProcess, VirtualRoute, VirtualRule
from components.plan.vrrp import InstanceExtras, with_features
from guestconfig import paths
from guestconfig.agent import checking
from tests.unit.rendering.plans import files_of, plan

CONFIGURATION = "/etc/keepalived/keepalived.conf"

PROCESS = TrackProcess("running", "apache2", delay=0.5)
ROUTE = VirtualRoute(IPv4Network("0.0.0.0/0"), "web", IPv4Address("203.0.113.1"), IPv4Address("203.0.113.2"), 100)
RULE = VirtualRule(table=100, priority=50, source=IPv4Network("203.0.113.2/32"))


def two_networks(**vrrp: Any) -> StackPlan:
    """A pair on two networks with an instance on each."""
    return plan(
        networks={"lan": {"cidr": "10.0.0.0/24", "excluded-ranges": ["10.0.0.0-10.0.0.9"]}},
        **{"virtual-ips": {"inside": {"network": "lan", "address": "10.0.0.2"}}},
        directors={"nics": [{"network": "web"}, {"network": "lan"}]},
        vrrp={
            **vrrp,
            "instances": {
                "outside": {"virtual-ips": ["www"], "virtual-router-id": 51},
                "inside": {"virtual-ips": ["inside"], "virtual-router-id": 52},
            },
        },
    )


def block(made: StackPlan, head: str) -> list[str]:
    """The lines of the first block with this head, without their indentation."""
    lines = files_of("director-1", made)[CONFIGURATION].splitlines()
    start = next(number for number, line in enumerate(lines) if line.strip() == f"{head} {{")
    depth = len(lines[start]) - len(lines[start].lstrip())
    end = lines.index(f"{' ' * depth}}}", start)
    return [line.strip() for line in lines[start + 1 : end]]


def extended(made: StackPlan, **extras: InstanceExtras) -> StackPlan:
    return replace(made, instances=with_features(made.instances, extras))


def test_a_process_of_several_instances_is_written_once() -> None:
    shared = InstanceExtras(processes=(PROCESS,))
    made = extended(two_networks(), outside=shared, inside=shared)
    text = files_of("director-1", made)[CONFIGURATION]
    assert text.count("vrrp_track_process running {") == 1, "keepalived refuses a second one of that name"
    assert text.count("    track_process {") == 2


def test_an_instance_is_held_only_while_its_process_runs() -> None:
    made = extended(plan(), www=InstanceExtras(processes=(PROCESS,)))
    lines = block(made, "vrrp_track_process running")
    assert lines == ["process apache2", "weight 0", "delay 0.5"], "another weight only moves the priority by one"
    assert block(made, "track_process") == ["running"]


def test_routes_and_rules_move_with_the_virtual_ip() -> None:
    made = extended(plan(), www=InstanceExtras(routes=(ROUTE,), rules=(RULE,)))
    assert block(made, "virtual_routes") == ["src 203.0.113.2 to 0.0.0.0/0 via 203.0.113.1 dev @nic:web@ table 100"]
    assert block(made, "virtual_rules") == ["from 203.0.113.2/32 table 100 priority 50"]


def test_a_route_without_gateway_is_on_the_link_and_a_rule_may_look_at_destinations() -> None:
    made = extended(
        plan(),
        www=InstanceExtras(
            routes=(VirtualRoute(IPv4Network("198.51.100.0/24"), "web"),),
            rules=(VirtualRule(table=7, priority=8, destination=IPv4Network("198.51.100.0/24")),),
        ),
    )
    assert block(made, "virtual_routes") == ["198.51.100.0/24 dev @nic:web@"]
    assert block(made, "virtual_rules") == ["to 198.51.100.0/24 table 7 priority 8"]


def test_what_two_features_add_stays_together() -> None:
    other = replace(PROCESS, name="other")
    made = extended(plan(), www=InstanceExtras(processes=(PROCESS,), routes=(ROUTE,)))
    made = extended(made, www=InstanceExtras(processes=(other, PROCESS), rules=(RULE,)))
    (instance,) = made.instances
    assert (instance.processes, instance.routes, instance.rules) == ((PROCESS, other), (ROUTE,), (RULE,))


def test_instances_of_a_group_are_named_and_the_script_is_told_as_root() -> None:
    made = two_networks(**{"sync-groups": {"gateway": ["outside", "inside"]}})
    (group,) = made.sync_groups
    made = replace(made, sync_groups=(replace(group, notify="/usr/local/lib/vipstack/notify"),))
    lines = block(made, "vrrp_sync_group gateway")
    assert lines == ["group {", "outside", "inside", "}", 'notify "/usr/local/lib/vipstack/notify" root']


def test_a_group_without_a_script_tells_nobody() -> None:
    made = two_networks(**{"sync-groups": {"gateway": ["outside", "inside"]}})
    assert not [line for line in block(made, "vrrp_sync_group gateway") if line.startswith("notify")]


def test_adverts_may_travel_over_another_network() -> None:
    made = two_networks(**{"peer-network": "lan"})
    lines = block(made, "vrrp_instance outside")
    assert {"interface @nic:lan@", "unicast_src_ip 10.0.0.10"} <= set(lines), (
        "keepalived binds its socket to this interface: with the virtual IPs' own, adverts leave by the wrong one"
    )
    assert block(made, "unicast_peer") == ["10.0.0.11"]
    assert block(made, "track_interface") == ["@nic:web@"], "a director off the virtual IPs' network must not hold them"


def test_over_another_network_the_virtual_mac_stays_on_the_virtual_ips_nic() -> None:
    made = two_networks(**{"peer-network": "lan"})
    assert block(made, "virtual_ipaddress") == ["203.0.113.2 dev @nic:web@ use_vmac"]
    outside, inside = made.instances
    text = files_of("director-1", made)[CONFIGURATION]
    assert f"use_vmac {outside.interface}\n" not in text, "that one would be on the peers' network"
    assert f"use_vmac {inside.interface}\n" in text, "this instance speaks where its virtual IP is"


def test_over_another_network_without_a_virtual_mac_the_nic_is_named() -> None:
    made = two_networks(**{"peer-network": "lan", "virtual-mac": False})
    assert block(made, "virtual_ipaddress") == ["203.0.113.2 dev @nic:web@"]


def test_vrrp_is_let_in_from_the_peers_on_the_network_of_the_adverts_only() -> None:
    made = two_networks(**{"peer-network": "lan"})
    web, lan = made.hosts[0].ports
    assert not [rule.key for rule in web.guest_rules if rule.key.startswith("vrrp")], "nobody speaks VRRP there"
    (group,) = [group for group in made.security_groups if group.key in lan.security_groups]
    spoken = [rule.key for rule in group.rules if rule.key.startswith("vrrp")]
    assert spoken == ["vrrp-from-director-1-lan", "vrrp-from-director-2-lan"]


def test_a_label_begins_with_the_name_that_the_guest_puts_in() -> None:
    instances = {"www": {"virtual-ips": ["www"], "virtual-router-id": 51, "label": "vip"}}
    made = plan(vrrp={"virtual-mac": False, "instances": instances})
    assert block(made, "virtual_ipaddress") == ["203.0.113.2 label @nic:web@:vip"]


def head(**vrrp: Any) -> list[str]:
    """The lines of global_defs."""
    return block(plan(vrrp=vrrp), "global_defs")


def test_gratuitous_arp_is_as_often_as_the_operator_said() -> None:
    said = head(**{"gratuitous-arp": {"delay": 2, "count": 3, "refresh": 60, "refresh-count": 4}})
    wanted = {
        "vrrp_garp_master_delay 2",
        "vrrp_garp_master_repeat 3",
        "vrrp_garp_master_refresh 60",
        "vrrp_garp_master_refresh_repeat 4",
    }
    assert wanted <= set(said)


def test_mail_is_sent_for_changes_of_state_too() -> None:
    mail = {"to": ["a@example.net", "b@example.net"], "from": "k@example.net", "smtp-server": "192.0.2.25"}
    said = head(notification=mail)
    start = said.index("notification_email {")
    assert said[start : start + 7] == [
        "notification_email {",
        "a@example.net",
        "b@example.net",
        "}",
        "notification_email_from k@example.net",
        "smtp_server 192.0.2.25 25",
        "smtp_connect_timeout 30",
    ]
    assert "smtp_alert true" in said, "keepalived says nothing of its instances otherwise"


def test_without_a_notification_there_is_no_mail() -> None:
    assert not [line for line in head() if "smtp" in line or "mail" in line]


@pytest.mark.parametrize(
    ("daemon", "line"),
    [
        ({}, 'DAEMON_ARGS=""'),
        ({"log-detail": True}, 'DAEMON_ARGS="--log-detail"'),
        ({"syslog-facility": 0}, 'DAEMON_ARGS="--log-facility=0"'),
        ({"log-detail": True, "syslog-facility": 1}, 'DAEMON_ARGS="--log-detail --log-facility=1"'),
    ],
)
def test_the_command_line_is_what_the_agent_lets_through(daemon: dict[str, Any], line: str, tmp_path: Path) -> None:
    text = files_of("director-1", plan(vrrp={"daemon": daemon}))["/etc/default/keepalived"]
    assert text.splitlines()[-1] == line
    candidate = tmp_path / "keepalived"
    candidate.write_text(text)
    checking.check("/etc/default/keepalived", candidate, paths.OPTIONS)


def test_without_daemon_options_the_package_s_own_file_stays() -> None:
    assert "/etc/default/keepalived" not in files_of("director-1", plan())
