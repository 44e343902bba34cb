"""What the program asks for where the stack file says ``cloud-profile: ovn``."""

from collections.abc import Callable

import pytest

from tests.program.recording import Program, stack_file


@pytest.fixture(scope="module")
def on_ovn(run: Callable[..., Program]) -> Program:
    """The shipped lvs-dr stack for OVN."""
    nouns = stack_file("lvs-dr")
    del nouns["directors"]["port-security"]
    return run("lvs-dr", {**nouns, "cloud-profile": "ovn"})


def test_no_pair_names_a_mac(on_ovn: Program):
    pairs = [pair for port in on_ovn.of("Port").values() for pair in port.inputs.get("allowedAddressPairs", ())]
    assert pairs, "the virtual IP's port is virtual by its pairs"
    assert all("macAddress" not in pair for pair in pairs), "one virtual MAC on a member kills the floating IP"


def test_directors_keep_port_security_and_every_group_is_stateless(on_ovn: Program):
    director = on_ovn.of("Port")["director-1-web"].inputs
    assert director["securityGroupIds"], "without port security the virtual IP's port is not virtual"
    assert {"ipAddress": "0.0.0.0/0"} in director["allowedAddressPairs"], "forwarded packets carry clients' addresses"
    assert {group.inputs["stateful"] for group in on_ovn.of("SecGroup").values()} == {False}


def test_the_outputs_promise_no_virtual_mac(on_ovn: Program):
    assert on_ovn.outputs["virtual-ips"]["www"]["mac"] is None
