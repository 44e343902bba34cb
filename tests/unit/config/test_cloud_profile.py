"""Can decide: which defaults a profile sets, and that what the operator wrote wins. Cannot: what a cloud is."""

from typing import Any

import pytest

from components.config.check import check
from components.config.guests import PortSecurity
from components.config.stack import StackConfig
from components.plan.stack import StackPlan, plan_stack


def chosen(config: StackConfig) -> tuple[bool, PortSecurity]:
    return config.vrrp.virtual_mac, config.directors.port_security


@pytest.mark.parametrize(
    ("profile", "defaults"),
    [("ovs", (True, PortSecurity.DISABLED)), ("ovn", (False, PortSecurity.STATELESS))],
)
def test_a_profile_chooses_what_suits_the_cloud(changed, profile: str, defaults: tuple[bool, PortSecurity]) -> None:
    assert chosen(check(changed({"cloud-profile": profile}))) == defaults


def test_without_a_profile_the_defaults_are_those_of_ovs(changed) -> None:
    assert chosen(check(changed({}))) == chosen(check(changed({"cloud-profile": "ovs"})))


@pytest.mark.parametrize(
    "changes",
    [
        {"cloud-profile": "ovn", "vrrp.virtual-mac": True},
        {"cloud-profile": "ovs", "vrrp.virtual-mac": True, "directors.port-security": "stateless"},
    ],
)
def test_what_the_operator_wrote_wins(changed, changes: dict[str, Any]) -> None:
    assert chosen(check(changed(changes))) == (True, PortSecurity.STATELESS), "a profile chooses defaults, no more"


def test_the_profile_is_no_more_than_its_keys(changed) -> None:
    def plan(changes: dict[str, Any]) -> StackPlan:
        return plan_stack("some", check(changed(changes)))

    by_profile = plan({"cloud-profile": "ovn"})
    by_keys = plan({"vrrp.virtual-mac": False, "directors.port-security": "stateless"})

    for part in ("instances", "hosts", "security_groups"):
        assert getattr(by_profile, part) == getattr(by_keys, part), "an operator can write the keys alone"
