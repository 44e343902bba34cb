"""What the tags of a resource say, and what they do not."""

from datetime import UTC, datetime

import pytest

from components.plan.tags import expiry_tag, marks

SOON = datetime(2026, 11, 21, 20, 15, 42, tzinfo=UTC)


def test_an_end_is_read_as_it_is_written():
    found = marks(["vipstack:pr-1", expiry_tag(SOON)])
    assert found
    assert (found.stack, found.expires, found.protected) == ("pr-1", SOON.replace(second=0), False)


def test_of_two_ends_the_later_one_counts():
    found = marks(["vipstack:pr-1", "vipstack-expires:2026-11-21T20:15Z", "vipstack-expires:2026-11-22T20:15Z"])
    assert found
    assert found.expires == datetime(2026, 11, 22, 20, 15, tzinfo=UTC), "an extension that was cut short still counts"


@pytest.mark.parametrize("text", ["soon", "2026-02-30T20:15Z", "2026-1-2T3:4Z", "2026-11-21T20:15:00Z", ""])
def test_an_end_that_names_no_moment_is_none_and_is_remembered(text: str):
    found = marks(["vipstack:pr-1", f"vipstack-expires:{text}"])
    assert found
    assert (found.expires, found.unreadable) == (None, text), "what cannot be read must not be torn down for it"


@pytest.mark.parametrize("tags", [[], ["web"], ["vipstack-protected"], ["vipstack:a", "vipstack:b"]])
def test_what_names_no_stack_or_two_is_nobody_s(tags: list[str]):
    assert marks(tags) is None


def test_a_tag_fits_what_nova_takes():
    assert len(expiry_tag(SOON)) <= 60
    assert not set(expiry_tag(SOON)) & set(",/")
