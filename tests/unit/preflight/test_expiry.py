"""What is said of a stack whose end is past."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from components.plan.stack import StackPlan
from components.preflight import expiry

END = datetime(2026, 11, 21, 20, 15, tzinfo=UTC)


def test_a_stack_that_is_over_is_told_that_the_next_sweep_ends_it(plan_of: Callable[..., StackPlan]) -> None:
    plan = plan_of("vrrp", {"expires": "2026-11-21T20:15Z"})
    assert list(expiry.remarks(plan, END)) == [
        "vipstack:expires is 2026-11-21T20:15Z, which is past: the next `vipstack env sweep` may tear the stack down. "
        "Write a later time, or remove the key."
    ]
    assert list(expiry.remarks(plan, END - timedelta(minutes=1))) == []


def test_a_stack_without_an_end_is_not_mentioned(vrrp: StackPlan) -> None:
    assert list(expiry.remarks(vrrp, END)) == []
