"""Whose a resource is, and what a sweep makes of a stack: by tags and names alone."""

from datetime import UTC, datetime

import pytest
from tests.unit.environments.project import environment

from environments.inventory import Found, Kind, Thing, is_over, leftovers, stack_of, stacks, verdict

BEFORE = datetime(2026, 11, 21, 20, 14, tzinfo=UTC)
AFTER = datetime(2026, 11, 21, 20, 15, tzinfo=UTC)


def one(*more: str, end: str = "2026-11-21T20:15Z") -> Found:
    return stack_of("pr-1", environment("pr-1", *more, end=end))


def test_a_stack_is_what_bears_its_tag_and_its_server_groups():
    found = stack_of("pr-1", [*environment("pr-1"), *environment("pr-1-x"), *environment("pr-12")])
    assert {thing.id.rpartition("-")[0] for thing in found.things} == {"pr-1"}, "others' names begin with its own"
    assert len(found.things) == 8


def test_resources_are_in_the_order_in_which_they_can_go():
    kinds = [thing.kind for thing in one().things]
    assert kinds == list(Kind)
    assert kinds[0] is Kind.SERVER, "a port is in use while its server is there"
    assert kinds[-1] is Kind.SECURITY_GROUP, "what goes last must bear tags, or a later run does not know whose it is"


def test_every_stack_is_found_by_its_tags():
    everything = [*environment("b"), *environment("a"), Thing(Kind.SERVER, "x", "somebody's", ("web",))]
    assert [found.name for found in stacks(everything)] == ["a", "b"]


@pytest.mark.parametrize(
    ("found", "now", "over", "words"),
    [
        (one(), BEFORE, False, "stays: 1m left"),
        (one(), AFTER, True, "goes: over since 0m"),
        (one("vipstack-protected"), AFTER, False, "stays: it is protected"),
        (one(end="soon"), AFTER, False, 'stays: its tag "soon" names no time; `vipstack env extend` writes it anew'),
    ],
    ids=["before its end", "after it", "protected", "unreadable"],
)
def test_a_sweep_takes_what_is_over_and_neither_protected_nor_in_doubt(found, now, over: bool, words: str):
    assert is_over(found, now) is over
    assert verdict(found, now) == words


def test_a_stack_without_an_end_is_no_environment_and_never_over():
    things = [Thing(Kind.SERVER, "1", "lvs-dr-director-1", ("vipstack:lvs-dr",))]
    found = stack_of("lvs-dr", things)
    assert not found.is_environment
    assert not is_over(found, AFTER)


def test_protection_of_one_resource_protects_all_and_the_latest_end_counts():
    mixed = [*environment("pr-1", end="2026-11-21T20:15Z")[:4], *environment("pr-1", end="2026-11-22T20:15Z")[4:]]
    assert not is_over(stack_of("pr-1", mixed), AFTER), "an extension that was cut short is an extension"
    mixed = [*environment("pr-1")[:4], *environment("pr-1", "vipstack-protected")[4:]]
    assert not is_over(stack_of("pr-1", mixed), AFTER)


def test_what_was_made_and_not_yet_tagged_is_left_too():
    bare = Thing(Kind.PORT, "bare", "pr-1-director-2-web")
    others = [*environment("pr-1-x"), Thing(Kind.SERVER, "s", "pr-1-mine", ("vipstack:other",))]
    assert leftovers("pr-1", [bare, *others]) == (bare,), "its name is its own; the others' resources are not"


def test_of_a_stack_that_is_gone_nothing_is_left():
    assert leftovers("pr-1", environment("pr-2")) == ()
