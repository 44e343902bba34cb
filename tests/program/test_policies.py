"""The rules of the policy pack on what the program registers.

Decides: that every stack file passes, and that each rule refuses its bad case in these words. Cannot decide: that
Pulumi's analyzer runs the pack (tests/cli/test_policies.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policies.declared import declared
from policies.resource import Resource
from policies.rules import RULES
from tests.program.recording import GOLDEN_STACKS, STACKS, Program, Registered, stack_file

FILES = [*sorted(STACKS.glob("Pulumi.*.yaml")), *sorted(GOLDEN_STACKS.glob("Pulumi.*.yaml"))]


def seen(registered: Registered) -> Resource:
    request = registered.options
    return Resource(
        urn=registered.urn,
        type=registered.type,
        name=registered.name,
        inputs=registered.inputs,
        protected=request.protect,
        needs={key: tuple(need.urns) for key, need in request.propertyDependencies.items()},
    )


def words(resources: Sequence[Resource], rules: Sequence[str] = tuple(RULES)) -> list[str]:
    known = declared(resources)
    return [str(finding) for name in rules for _, finding in RULES[name](resources, known)]


def changed(resources: Sequence[Resource], kind: str, **inputs: Any) -> list[Resource]:
    """The resources, those of a kind with other inputs."""
    return [replace(one, inputs={**one.inputs, **inputs}) if one.kind == kind else one for one in resources]


@pytest.fixture
def resources(lvs_dr: Program) -> list[Resource]:
    return [seen(one) for one in lvs_dr.registered]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_stack_file_keeps_every_rule(path: Path, run: Callable[..., Program]):
    nouns = stack_file(path.stem.removeprefix("Pulumi."), path.parent)
    assert words([seen(one) for one in run("kept", {**nouns, "protected": True}).registered]) == []


def test_the_rules_have_something_to_judge(resources: list[Resource]):
    known = declared(resources)
    assert known.port_security_off
    assert known.openings
    assert known.virtual_ips
    assert {one.kind for one in resources} >= {"Port", "SecGroupRule", "Subnet", "ServerGroup", "Instance"}


def test_port_security_is_off_for_a_reason(resources: list[Resource]):
    port = Resource("urn", "openstack:networking/port:Port", "tap", {"portSecurityEnabled": False})
    assert words([*resources, port]) == [
        "port tap: its port security is off, and no stack says why. Only directors that send packets with others' "
        "addresses and the legs of bonds need that. Leave port security on, or give the port to a stack."
    ]


@pytest.mark.parametrize(
    ("inputs", "what"),
    [
        ({"protocol": "tcp", "portRangeMin": 25, "portRangeMax": 25, "remoteIpPrefix": "0.0.0.0/0"}, "tcp 25-25"),
        ({"protocol": "tcp", "portRangeMin": 1, "portRangeMax": 65535, "remoteIpPrefix": "::/0"}, "tcp 1-65535"),
        ({}, "everything"),
    ],
)
def test_nothing_is_open_that_was_not_declared(resources: list[Resource], inputs: dict[str, Any], what: str):
    kind = "openstack:networking/secGroupRule:SecGroupRule"
    rule = Resource("urn", kind, "mail", {"direction": "ingress", **inputs})
    assert words([*resources, rule]) == [
        f"security group rule mail: {what} is open to the world, and no stack declares that. Open may be what a stack "
        "file names: services, frontends, ping, and where ssh-from says so. Say from where it is wanted, or declare it "
        "in the stack file."
    ]


def test_what_is_let_in_from_somewhere_is_not_open_to_the_world(resources: list[Resource]):
    kind = "openstack:networking/secGroupRule:SecGroupRule"
    here = Resource("a", kind, "here", {"direction": "ingress", "protocol": "tcp", "remoteIpPrefix": "192.0.2.0/24"})
    later = Resource("b", kind, "later", {"direction": "ingress", "protocol": "tcp", "remoteIpPrefix": None})
    group = Resource("c", kind, "group", {"direction": "ingress", "protocol": "tcp", "remoteGroupId": "x"})
    assert words([*resources, here, later, group]) == []


def test_a_virtual_ip_without_its_port_is_refused(resources: list[Resource]):
    left = [one for one in resources if not (one.kind == "Port" and one.name == "www")]
    assert words(left) == [
        "virtual IP www: no port reserves 203.0.113.2. A port of its own keeps Neutron from giving the address to "
        "somebody else. Leave the virtual IP's port in the program."
    ]


def test_a_virtual_ip_within_a_pool_is_refused(resources: list[Resource]):
    pools = [{"start": "203.0.113.2", "end": "203.0.113.30"}]
    assert words(changed(resources, "Subnet", allocationPools=pools)) == [
        "subnet web: its pool 203.0.113.2-203.0.113.30 holds 203.0.113.2, the virtual IP www. What DHCP may hand out "
        "is no virtual IP: somebody else would get it. Leave the address out of the allocation pools."
    ]


def test_directors_are_placed_apart(resources: list[Resource]):
    said = sorted(words(changed(resources, "ServerGroup", policies="soft-anti-affinity")))
    assert len(said) == 2, "both directors"
    assert said[0] == (
        "server director-1: nothing keeps this director off the other's compute host. Directors are placed by "
        "anti-affinity: a host that dies must not take them all. Write placement: anti-affinity, or have the rule "
        "advise only, with the reason beside it."
    )


def test_a_protected_stack_keeps_its_directors(run: Callable[..., Program]):
    kept = [seen(one) for one in run("kept", {**stack_file("vrrp"), "protected": True}).registered]
    lost = [replace(one, protected=False) if one.name == "ha-first" else one for one in kept]
    assert words(lost) == [
        "server ha-first: a director of a protected stack without Pulumi's protection. Deleting or replacing it must "
        "be refused, also by who tears the whole program down. Take away what unprotects it, or write protected: false "
        "and say so in review."
    ]
