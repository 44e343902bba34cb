"""Remarks on servers that run already."""

from components.plan.stack import StackPlan
from components.preflight import servers
from components.preflight.servers import RunningServer


def test_servers_of_an_older_image_are_named_with_what_replaces_them(vrrp: StackPlan):
    facts = {
        "vrrp-ha-first": RunningServer("old", "vip.small"),
        "vrrp-ha-second": RunningServer("old", "vip.small"),
        "vrrp-observer": RunningServer("new", "vip.small"),
    }
    (remark,) = servers.remarks(vrrp, facts, {"debian-12": "new"})
    assert remark == (
        "Created before the stack file's image debian-12: vrrp-ha-first, vrrp-ha-second. A live server stays as it is; "
        "replace one at a time with `pulumi up --replace <URN of its instance>` (`pulumi stack --show-urns` lists "
        "them)."
    )


def test_image_and_flavor_are_remarked_on_apart(vrrp: StackPlan):
    facts = {"vrrp-observer": RunningServer("old", "vip.large")}
    image, flavor = servers.remarks(vrrp, facts, {"debian-12": "new"})
    assert image.startswith("Created before the stack file's image debian-12: vrrp-observer.")
    assert flavor.startswith("Created before the stack file's flavor vip.small: vrrp-observer.")


def test_a_server_that_is_as_a_new_one_would_be_is_not_mentioned(vrrp: StackPlan):
    facts = {host.name: RunningServer("new", host.flavor) for host in vrrp.hosts}
    assert list(servers.remarks(vrrp, facts, {"debian-12": "new"})) == []


def test_a_server_on_a_volume_has_no_image_to_compare(vrrp: StackPlan):
    facts = {"vrrp-observer": RunningServer(None, "vip.small")}
    assert list(servers.remarks(vrrp, facts, {"debian-12": "new"})) == []


def test_a_server_in_error_is_named_with_novas_words_and_what_replaces_it(vrrp: StackPlan):
    facts = {"vrrp-observer": RunningServer("new", "vip.small", "No valid host was found")}
    (remark,) = servers.remarks(vrrp, facts, {"debian-12": "new"})
    assert remark == (
        "In ERROR, and Nova refuses to change a server in that state: vrrp-observer (No valid host was found). Make it "
        "anew with `pulumi up --replace <URN of its instance>` (`pulumi stack --show-urns` lists them)."
    )
