"""Whatever happens while a director is broken, it is mended, and what cannot be mended is said."""

import os
import signal

import pytest

from drill import breaking
from drill.breaking import broken_director, mend_leftovers
from drill.errors import DrillError
from drill.faults import CLEAN_STOP, CRASH, MARK
from drill.outputs import Guest

DIRECTOR = Guest("director-1", "lvs-dr-director-1", "d1")


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch):
    monkeypatch.setattr(breaking.time, "sleep", lambda _: None)


@pytest.fixture
def said():
    return []


@pytest.mark.parametrize(
    ("fault", "status", "calls"),
    [(CRASH, "PAUSED", ["pause", "unpause"]), (CLEAN_STOP, "SHUTOFF", ["os-stop", "os-start"])],
)
def test_a_fault_is_broken_and_mended(make_cloud, said, fault, status, calls):
    cloud = make_cloud(d1="ACTIVE")
    with broken_director(cloud, DIRECTOR, fault, said.append) as times:
        assert cloud.statuses["d1"] == status
        assert cloud.metadata["d1"] == {MARK: fault.name}, "a drill that is killed now must leave word"
    assert cloud.statuses["d1"] == "ACTIVE"
    assert cloud.metadata["d1"] == {}
    assert cloud.calls == calls
    assert times.broke < times.mended


def test_trouble_in_between_mends_first(make_cloud, said):
    cloud = make_cloud(d1="ACTIVE")
    with pytest.raises(DrillError, match="no successor"), broken_director(cloud, DIRECTOR, CRASH, said.append):
        raise DrillError("virtual IP", "no successor", "one", "look")
    assert cloud.statuses["d1"] == "ACTIVE"


def test_an_interrupt_mends_first(make_cloud, said):
    cloud = make_cloud(d1="ACTIVE")
    with pytest.raises(KeyboardInterrupt), broken_director(cloud, DIRECTOR, CRASH, said.append):
        raise KeyboardInterrupt
    assert (cloud.statuses["d1"], cloud.metadata["d1"]) == ("ACTIVE", {})


def test_an_impatient_second_interrupt_waits_for_the_mend(make_cloud, said, monkeypatch):
    cloud = make_cloud(d1="ACTIVE")
    unpause = cloud.unpause

    def interrupted(server):
        os.kill(os.getpid(), signal.SIGINT)
        unpause(server)

    monkeypatch.setattr(type(cloud), "unpause", lambda _, server: interrupted(server))
    # The fault names the method, so a copy of it must see the changed one.
    fault = CRASH.__class__(**{**CRASH.__dict__, "mends": type(cloud).unpause})
    with pytest.raises(KeyboardInterrupt), broken_director(cloud, DIRECTOR, fault, said.append):
        pass
    assert (cloud.statuses["d1"], cloud.metadata["d1"]) == ("ACTIVE", {})
    assert said[-1] == "mending lvs-dr-director-1 first"


def test_an_api_that_fails_is_asked_again_until_the_director_runs(make_cloud, said):
    cloud = make_cloud(d1="ACTIVE")
    cloud.failures = ["unpause", "unpause"]
    with broken_director(cloud, DIRECTOR, CRASH, said.append):
        pass
    assert cloud.calls == ["pause", "unpause", "unpause", "unpause"]
    assert cloud.statuses["d1"] == "ACTIVE"


def test_what_cannot_be_mended_is_said_with_what_to_do(make_cloud, said, monkeypatch):
    cloud = make_cloud(d1="ACTIVE")
    cloud.failures = ["unpause"] * 9
    monkeypatch.setattr(breaking, "_MENDS_WITHIN", 0)
    with pytest.raises(DrillError) as caught, broken_director(cloud, DIRECTOR, CRASH, said.append):
        pass
    assert str(caught.value) == (
        "lvs-dr-director-1: it could not be mended after a crash (Nova answers 503)\n"
        "  expected: a drill leaves every director running\n"
        "  do: bring it back by hand (`openstack server show d1` says how it is)"
    )


def test_what_a_killed_drill_left_broken_is_mended(make_cloud, said):
    cloud = make_cloud(d1="SHUTOFF")
    cloud.metadata["d1"] = {MARK: "clean-stop", "vipstack.m": "{}"}
    mend_leftovers(cloud, [DIRECTOR], said.append)
    assert cloud.statuses["d1"] == "ACTIVE"
    assert cloud.metadata["d1"] == {"vipstack.m": "{}"}, "nothing but the mark is taken away"
    assert said == ["lvs-dr-director-1 was left with a clean-stop by an earlier drill: mending it"]


def test_a_mark_on_a_running_director_is_only_taken_off(make_cloud, said):
    cloud = make_cloud(d1="ACTIVE")
    cloud.metadata["d1"] = {MARK: "crash"}
    mend_leftovers(cloud, [DIRECTOR], said.append)
    assert (cloud.calls, cloud.metadata["d1"]) == ([], {})


def test_a_director_that_somebody_else_stopped_is_left_alone(make_cloud, said):
    cloud = make_cloud(d1="SHUTOFF")
    with pytest.raises(
        DrillError, match=r"lvs-dr-director-1: its status is SHUTOFF\n.*\n  do: bring it back, then drill"
    ):
        mend_leftovers(cloud, [DIRECTOR], said.append)
    assert cloud.calls == [], "a drill undoes only what a drill did"
