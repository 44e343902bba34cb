"""Servers, their groups, their guests and what the program exports of them."""

from collections.abc import Callable

from components.rendering.guest_files import addresses_needed
from tests.program.recording import Program, stack_file

# Pulumi's mark of a value with a meaning of its own, here a secret (sdk/go/common/resource/sig).
SECRET = "4dabf18193072939515e22adb298388d"  # noqa: S105 - a mark, no password


def test_directors_keep_apart_strictly_and_real_servers_if_they_can(lvs_dr: Program):
    policies = {name: group.inputs["policies"] for name, group in lvs_dr.of("ServerGroup").items()}
    assert policies == {
        "director-anti-affinity": "anti-affinity",
        "real-server-soft-anti-affinity": "soft-anti-affinity",
    }
    hints = {name: len(server.inputs.get("schedulerHints", [])) for name, server in lvs_dr.of("Instance").items()}
    assert hints == {"director-1": 1, "director-2": 1, "apache-1": 1, "apache-2": 1, "observer": 0}


def test_a_new_image_flavor_or_bootstrap_leaves_a_live_server_alone(lvs_dr: Program):
    for server in lvs_dr.of("Instance").values():
        assert set(server.options.ignoreChanges) == {"imageId", "flavorId", "userData"}, (
            "Nova would rebuild, reboot or replace both directors at once"
        )


def test_with_user_data_a_changed_file_replaces_the_server(vrrp: Program):
    for server in vrrp.of("Instance").values():
        assert set(server.options.ignoreChanges) == {"imageId", "flavorId"}, "no other way would bring the file there"


def test_through_the_channel_the_user_data_is_a_constant_of_the_role(lvs_dr: Program):
    servers = lvs_dr.of("Instance")
    assert servers["director-1"].inputs["userData"] == servers["director-2"].inputs["userData"]
    assert "203.0.113" not in servers["director-1"].inputs["userData"]


def test_with_user_data_the_files_are_in_it(vrrp: Program):
    servers = vrrp.of("Instance")
    assert "10.200.51.10" in servers["ha-first"].inputs["userData"]


def test_a_configuration_has_the_guests_files_and_macs(lvs_dr: Program):
    inputs = lvs_dr.of("Configuration")["director-1"].inputs
    assert "virtual_server 203.0.113.2 80" in inputs["files"]["/etc/keepalived/keepalived.conf"]
    assert inputs["interfaces"] == lvs_dr.outputs["hosts"]["director-1"]["macs"]
    assert inputs["server_id"] == lvs_dr.outputs["hosts"]["director-1"]["server-id"]
    assert (inputs["role"], inputs["delivery"], inputs["deadline"]) == ("director", "channel", 1800)


def test_files_hold_the_addresses_that_neutron_chose(vrrp: Program):
    hosts = vrrp.outputs["hosts"]
    text = vrrp.of("Configuration")["ha-first"].inputs["files"]["/etc/keepalived/keepalived.conf"]
    assert hosts["ha-first"]["addresses"]["ha-lab"] in text
    assert hosts["ha-second"]["addresses"]["ha-lab"] in text


def test_a_vrrp_password_makes_the_files_secret(run: Callable[..., Program]):
    nouns = stack_file("vrrp")
    nouns["vrrp"]["version"] = 2
    program = run("vrrp", nouns, password="s3cret")  # noqa: S106 - a test's own
    files = program.of("Configuration")["ha-first"].inputs["files"]
    assert SECRET in files, "a diff of them would show it"
    assert "s3cret" in files["value"]["/etc/keepalived/keepalived.conf"]
    assert SECRET in program.of("Instance")["ha-first"].inputs["userData"], "the state would hold it in the clear"


def test_the_outputs_keep_their_schema(lvs_dr: Program):
    assert {name: set(entry) for name, value in lvs_dr.outputs.items() for entry in value.values()} == {
        "virtual-ips": {
            "address",
            "floating-ip",
            "network",
            "peer-network",
            "vrrp-instance",
            "virtual-router-id",
            "mac",
            "directors",
        },
        "failover-bounds": {"crash", "clean-stop", "link-down", "allowance"},
        "hosts": {"name", "role", "features", "server-id", "addresses", "ipv6-addresses", "macs", "floating-ips"},
        "services": {"virtual-ip", "address", "port", "last-port", "protocol"},
    }, "drills and other stacks read these names"


def test_the_promised_bound_is_the_plans(lvs_dr: Program):
    bound = lvs_dr.plan.instances[0].bound
    assert lvs_dr.outputs["failover-bounds"]["www"] == {
        "crash": bound.crash,
        "clean-stop": bound.clean_stop,
        "link-down": bound.crash,
        "allowance": bound.allowance,
    }


def test_resource_types_never_change(lvs_dr: Program):
    assert {r.type for r in lvs_dr.registered if r.type.startswith("vipstack:")} == {
        "vipstack:stack:Stack",
        "vipstack:network:Network",
        "vipstack:firewall:SecurityGroups",
        "vipstack:firewall:IngressRules",
        "vipstack:ports:Ports",
        "vipstack:virtualip:VirtualIp",
        "vipstack:fleet:Fleet",
        "vipstack:server:Server",
    }, "a type is part of every URN below it: a change would replace live directors"


def test_a_guest_s_files_wait_for_the_addresses_that_they_hold_and_no_others(lvs_dr: Program):
    needed = addresses_needed(lvs_dr.plan)
    assert needed["apache-1"] == frozenset(), "a thousand real servers would each wait for a thousand ports"
    assert needed["director-1"] == {"director-1-web", "director-2-web", "apache-1-web", "apache-2-web"}


def test_pulumi_keeps_a_protected_stack_s_directors_and_nothing_else(run: Callable[..., Program]):
    program = run("lvs-dr", stack_file("lvs-dr") | {"protected": True})
    kept = {resource.name for resource in program.registered if resource.options.protect}
    assert kept == {"director-1", "director-2"}, "the rest may change; without directors there is no virtual IP"
    assert {"director-1", "director-2"} <= set(program.of("Instance"))


def test_an_end_and_protection_are_said_on_everything_that_takes_tags(run: Callable[..., Program]):
    program = run("pr-1", stack_file("lvs-dr") | {"expires": "2026-11-21T20:15Z", "protected": True, "tags": ["a"]})
    tagged = [resource.inputs["tags"] for resource in program.registered if "tags" in resource.inputs]
    assert len(tagged) > 10
    assert all(
        tags == ["a", "vipstack-expires:2026-11-21T20:15Z", "vipstack-protected", "vipstack:pr-1"] for tags in tagged
    ), "whoever finds a resource without its state must know its end, whether it may go, and whose it is"
