"""Who has which share of the processors while a stack comes up, and while it is measured."""

import pytest

from lab import guests, priority, shares
from lab.errors import LabError
from lab.layout import Layout
from tests.waiting import until


@pytest.fixture
def given(monkeypatch, tmp_path):
    """What was given to whom, while a stack that had one server gets another."""
    named: list[set[str]] = [{"old"}]
    heard: list[tuple[set[str], priority.Share]] = []
    monkeypatch.setattr(shares, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(guests, "servers", lambda _layout, _stack: named[-1])
    monkeypatch.setattr(priority, "give", lambda servers, share: heard.append((set(servers), share)))
    return named, heard, Layout(tmp_path)


def test_new_guests_have_the_share_and_then_an_even_one(given):
    named, heard, layout = given
    with shares.coming_up(layout, "web", lambda: priority.BEHIND):
        named.append({"old", "new"})
        until(lambda: heard[-1:] == [({"new"}, priority.BEHIND)], "the new guest has the share", seconds=5)
        assert heard[-1] == ({"new"}, priority.BEHIND), "the one that was there serves, and is left alone"
        named.append(set())  # what Nova says at the end does not matter
    assert heard[-1] == ({"new"}, priority.EVEN)


def test_it_ends_evenly_also_where_bringing_up_failed(given):
    _, heard, layout = given
    with pytest.raises(LabError), shares.coming_up(layout, "web"):
        raise LabError("up", "it failed", "it works", "mend it")
    assert heard[-1][1] == priority.EVEN


def test_a_nova_that_does_not_answer_spoils_nothing(given, monkeypatch):
    _, heard, layout = given

    def silent(_layout, _stack):
        raise LabError("nova", "it does not answer", "an answer", "wait")

    monkeypatch.setattr(guests, "servers", silent)
    with shares.coming_up(layout, "web"):
        until(lambda: heard[-1:] == [(set(), priority.COMING_UP)], "it goes on looking", seconds=5)
    assert heard[-1] == (set(), priority.EVEN)


def test_what_is_measured_goes_first_also_once_it_was_booted_anew(given):
    named, heard, layout = given
    with shares.measured(layout, "web"):
        until(lambda: heard[-1:] == [({"old"}, priority.FIRST)], "those that run go first", seconds=5)
        named.append({"old", "anew"})
        until(lambda: heard[-1:] == [({"old", "anew"}, priority.FIRST)], "and those that come", seconds=5)
    assert heard[-1] == ({"old", "anew"}, priority.EVEN)
