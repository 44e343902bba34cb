"""A stack's new guests have another share of the processors until it is up."""

import pytest

from lab import coming_up, guests, priority
from lab.errors import LabError
from lab.layout import Layout
from tests.waiting import until


@pytest.fixture
def given(monkeypatch, tmp_path):
    """What was given to whom, while a stack that had one server gets another."""
    named: list[set[str]] = [{"old"}]
    heard: list[tuple[set[str], priority.Share]] = []
    monkeypatch.setattr(coming_up, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(guests, "servers", lambda _layout, _stack: named[-1])
    monkeypatch.setattr(priority, "give", lambda servers, share: heard.append((set(servers), share)))
    return named, heard, Layout(tmp_path)


def test_new_guests_have_the_share_and_then_an_even_one(given):
    named, heard, layout = given
    with coming_up.coming_up(layout, "web", lambda: priority.BEHIND):
        named.append({"old", "new"})
        until(lambda: heard[-1:] == [({"new"}, priority.BEHIND)], "the new guest has the share", seconds=5)
        assert heard[-1] == ({"new"}, priority.BEHIND), "the one that was there serves, and is left alone"
        named.append(set())  # what Nova says at the end does not matter
    assert heard[-1] == ({"new"}, priority.EVEN)


def test_it_ends_evenly_also_where_bringing_up_failed(given):
    _, heard, layout = given
    with pytest.raises(LabError), coming_up.coming_up(layout, "web"):
        raise LabError("up", "it failed", "it works", "mend it")
    assert heard[-1][1] == priority.EVEN


def test_a_nova_that_does_not_answer_spoils_nothing(given, monkeypatch):
    _, heard, layout = given

    def silent(_layout, _stack):
        raise LabError("nova", "it does not answer", "an answer", "wait")

    monkeypatch.setattr(guests, "servers", silent)
    with coming_up.coming_up(layout, "web"):
        until(lambda: heard[-1:] == [(set(), priority.COMING_UP)], "it goes on looking", seconds=5)
    assert heard[-1] == (set(), priority.EVEN)
