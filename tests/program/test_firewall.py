"""Security groups and rules as the program asks for them."""

from collections.abc import Callable

from tests.program.recording import Program, stack_file


def test_vrrp_comes_in_from_the_peers_alone(vrrp: Program):
    rules = {name: rule.inputs for name, rule in vrrp.of("SecGroupRule").items() if rule.inputs["protocol"] == "vrrp"}
    addresses = {host["addresses"]["ha-lab"] for key, host in vrrp.outputs["hosts"].items() if key != "observer"}
    assert {rule["remoteIpPrefix"] for rule in rules.values()} == {f"{address}/32" for address in addresses}, (
        "a rule for the whole group would let in everybody that a pair names"
    )


def test_every_rule_lets_something_in(lvs_dr: Program):
    for rule in lvs_dr.of("SecGroupRule").values():
        assert (rule.inputs["direction"], rule.inputs["ethertype"]) == ("ingress", "IPv4")


def test_the_service_is_let_in_to_real_servers(lvs_dr: Program):
    rule = lvs_dr.of("SecGroupRule")["real-server-service-tcp-80"].inputs
    assert (rule["portRangeMin"], rule["portRangeMax"], rule["remoteIpPrefix"]) == (80, 80, "0.0.0.0/0")


def test_open_directors_have_no_group_to_wear(lvs_dr: Program):
    assert set(lvs_dr.of("SecGroup")) == {"real-server", "observer"}


def test_statefulness_is_said_aloud_or_a_stateless_group_would_stay_so(lvs_dr: Program):
    assert {group.inputs["stateful"] for group in lvs_dr.of("SecGroup").values()} == {True}


def test_statefulness_is_not_mentioned_where_the_cloud_does_not_know_the_word(run: Callable[..., Program]):
    program = run("lvs-dr", stack_file("lvs-dr"), extensions=frozenset())
    assert all("stateful" not in group.inputs for group in program.of("SecGroup").values())


def test_a_group_gives_way_to_another_one_since_neutron_changes_none_that_is_worn(lvs_dr: Program):
    for group in lvs_dr.of("SecGroup").values():
        assert list(group.options.replaceOnChanges) == ["stateful"]
        assert group.options.deleteBeforeReplace is False


def test_stateless_directors_make_every_group_stateless(run: Callable[..., Program]):
    nouns = stack_file("lvs-dr")
    nouns["directors"]["port-security"] = "stateless"
    program = run("lvs-dr", nouns)
    assert {group.inputs["stateful"] for group in program.of("SecGroup").values()} == {False}, (
        "OVN filters the whole network statefully as soon as one port has a stateful group"
    )
    pairs = program.of("Port")["director-1-web"].inputs["allowedAddressPairs"]
    assert {"ipAddress": "0.0.0.0/0"} in pairs, "forwarded packets carry their clients' addresses"
