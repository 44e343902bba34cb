"""A thousand real servers: every file of every guest in a fraction of a second, twice as many in about twice the time.

Decides that no guest's files cost as much as the whole stack. The promised figures are measured by the bench, on an
idle machine.
"""

from typing import Any

from components.config.stack_secrets import NO_SECRETS
from components.plan.stack import StackPlan, assumed_addresses
from components.rendering.guest_files import guest_files
from components.rendering.user_data import user_data
from tests.unit.rendering.plans import plan
from tests.unit.timing import growth, seconds


def large(count: int) -> StackPlan:
    network: dict[str, Any] = {"cidr": "10.0.0.0/16", "excluded-ranges": ["10.0.0.0-10.0.0.255"]}
    vips = {"www": {"network": "web", "address": "10.0.0.2"}}
    return plan(networks={"web": network}, virtual_ips=vips, real_servers={"count": count})


def rendered(made: StackPlan) -> int:
    """How many files there are."""
    addresses = assumed_addresses(made)
    return sum(
        len(guest_files(made, host, addresses, NO_SECRETS)) + bool(user_data(made, host, None, None))
        for host in made.hosts
    )


def test_a_thousand_real_servers_are_rendered_at_once() -> None:
    made = large(1000)
    assert rendered(made) == 1000 * 7 + 2 * 7 + 2
    assert seconds(lambda: rendered(made), 1) < 1, "rendering is part of every preview"


def test_the_time_grows_as_the_stack_does() -> None:
    twice, once = large(2000), large(1000)
    ratio = growth(lambda: rendered(twice), lambda: rendered(once), 3)
    assert ratio < 3, f"twice the real servers took {ratio:.1f} times as long: some file costs the whole stack"
