"""Remarks on servers that run already."""

from components.plan.stack import StackPlan
from components.preflight import servers
from components.preflight.servers import RunningServer


def test_a_server_of_an_older_image_is_named_with_what_replaces_it(vrrp: StackPlan):
    facts = {"vrrp-ha-first": RunningServer("old", "vip.small"), "vrrp-ha-second": RunningServer("new", "vip.small")}
    assert list(servers.remarks(vrrp, facts, {"debian-12": "new"})) == [
        (
            "vrrp-ha-first is older than image debian-12 of the stack file and stays as it is, until "
            "`pulumi up --replace <its instance's URN>` replaces it (one server at a time)"
        )
    ]


def test_image_and_flavor_make_one_remark(vrrp: StackPlan):
    facts = {"vrrp-observer": RunningServer("old", "vip.large")}
    (remark,) = servers.remarks(vrrp, facts, {"debian-12": "new"})
    assert "older than image debian-12 and flavor vip.small of" in remark


def test_a_server_that_is_as_a_new_one_would_be_is_not_mentioned(vrrp: StackPlan):
    facts = {host.name: RunningServer("new", host.flavor) for host in vrrp.hosts}
    assert list(servers.remarks(vrrp, facts, {"debian-12": "new"})) == []


def test_a_server_on_a_volume_has_no_image_to_compare(vrrp: StackPlan):
    facts = {"vrrp-observer": RunningServer(None, "vip.small")}
    assert list(servers.remarks(vrrp, facts, {"debian-12": "new"})) == []
