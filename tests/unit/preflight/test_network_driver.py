# ruff: noqa: E501 - sentences stand as the operator reads them
"""What tells a member that the networks are OVN's, and what is said of a stack that cannot live there."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from components.config.cloud_profile import CloudProfile
from components.plan.stack import StackPlan
from components.preflight import extensions, network_driver
from components.preflight.cloud import Cloud, Json
from components.preflight.network_driver import DriverFacts, sign_of_ovn

NAMESPACES = frozenset({"single_node", "dvr", "ha", "dvrha"})
SIGN = "its router provider is called ovn"


RECORDINGS = Path(__file__).parent / "recordings"


class Replay:
    """Answers of a real cloud, by folder of recordings."""

    def __init__(self, folder: str) -> None:
        self._folder = RECORDINGS / folder

    def get(self, _service: str, path: str, **_query: object) -> Json:
        """A recorded page."""
        return json.loads((self._folder / f"{path}.json").read_text(encoding="utf-8"))


def words(plan: StackPlan, sign: str | None = SIGN) -> list[str]:
    return [str(finding) for finding in network_driver.judge(plan, sign)]


@pytest.mark.parametrize(
    ("facts", "extensions", "sign"),
    [
        (DriverFacts(frozenset({"ovn"}), None), None, "its router provider is called ovn"),
        (
            DriverFacts(frozenset({"user-defined"}), None),
            frozenset({"router", "external-gateway-multihoming"}),
            "it has the extension external-gateway-multihoming",
        ),
        (DriverFacts(frozenset(), "ovnmeta-4711"), frozenset({"router"}), "it has the port ovnmeta-4711"),
        (DriverFacts(NAMESPACES, None), frozenset({"router", "dvr"}), None),
        (DriverFacts(NAMESPACES, "dhcp-4711"), None, None),
    ],
)
def test_ovn_is_known_by_what_it_alone_has(facts: DriverFacts, extensions: frozenset[str] | None, sign: str | None):
    assert sign_of_ovn(facts, extensions) == sign


def test_a_virtual_mac_is_refused_on_ovn(vrrp: StackPlan):
    assert words(vrrp) == [
        "vipstack:vrrp.virtual-mac: this cloud's networks are OVN's (its router provider is called ovn), and the directors share a virtual MAC. "
        "Before OVN 26.03 two ports with one MAC break failover and floating IPs, and the version cannot be seen. "
        "Write vipstack:cloud-profile: ovn; with virtual-mac: true beside it where OVN is 26.03 or later."
    ]


def test_open_directors_are_refused_on_ovn(lvs_dr: StackPlan):
    assert words(lvs_dr)[1] == (
        "vipstack:directors.port-security: this cloud's networks are OVN's (its router provider is called ovn), and the directors' ports are without port security. "
        "There large uploads through direct routing stall, and a virtual IP's floating IP finds its director by the address pairs that such a port has not. "
        "Write vipstack:cloud-profile: ovn, or port-security: stateless."
    )


def test_a_stateful_group_on_half_seen_connections_is_refused_on_ovn(plan_of: Callable[..., StackPlan]):
    plan = plan_of("lvs-dr", {"vrrp.virtual-mac": False, "directors.port-security": "stateless"})
    groups = tuple(replace(group, stateful=True) for group in plan.security_groups)

    assert words(replace(plan, security_groups=groups)) == [
        "vipstack:directors.port-security: this cloud's networks are OVN's (its router provider is called ovn), and a stateful group guards ports that see half of each connection. "
        "There what connection tracking sees half of counts as invalid and is dropped, so large uploads stall. "
        "Write vipstack:cloud-profile: ovn, or port-security: stateless."
    ]


def test_what_works_on_ovn_is_not_mentioned(plan_of: Callable[..., StackPlan]):
    plan = plan_of("lvs-dr", {"vrrp.virtual-mac": False, "directors.port-security": "stateless"})
    assert words(plan) == []
    assert list(network_driver.remarks(plan, SIGN)) == []


@pytest.mark.parametrize("stack", ["vrrp", "lvs-dr"])
def test_without_a_sign_nothing_is_concluded(plan_of: Callable[..., StackPlan], stack: str):
    assert words(plan_of(stack), None) == []


def test_a_virtual_mac_that_was_asked_for_on_ovn_is_remarked_on(plan_of: Callable[..., StackPlan]):
    plan = replace(plan_of("vrrp"), cloud_profile=CloudProfile.OVN)
    assert words(plan) == [], "the operator may know the version"
    assert list(network_driver.remarks(plan, SIGN)) == [
        "A virtual MAC on OVN (its router provider is called ovn) needs OVN 26.03 or later, which cannot be seen from here: with an older one failover and floating IPs break"
    ]


def test_a_real_ovn_shows_a_member_every_sign():
    cloud = cast("Cloud", Replay("ovn"))
    facts, known = network_driver.ask(cloud), extensions.ask(cloud)

    nothing = DriverFacts(frozenset(), None)
    assert sign_of_ovn(replace(nothing, router_providers=facts.router_providers), None) == SIGN
    assert sign_of_ovn(nothing, known) == "it has the extension l3-agent-scheduler-ha-chassis-priority"
    assert (sign_of_ovn(replace(nothing, metadata_port=facts.metadata_port), None) or "").startswith(
        "it has the port ovnmeta-"
    )


def test_a_real_ovs_shows_none():
    cloud = cast("Cloud", Replay("."))
    assert sign_of_ovn(network_driver.ask(cloud), extensions.ask(cloud)) is None
