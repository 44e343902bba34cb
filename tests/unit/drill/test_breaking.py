"""Whatever happens while a director is broken, it is mended, and what cannot be mended is said."""

import os
import signal
from dataclasses import replace

import pytest

from drill import breaking
from drill.breaking import broken_director, mend_leftovers
from drill.errors import DrillError
from drill.faults import CLEAN_STOP, CRASH, KEEPALIVED_KILLED, MARK, NIC_DOWN
from drill.outputs import Guest
from guestconfig import frames, orders

MAC = "fa:16:3e:00:00:01"
NETWORK = "web"
DIRECTOR = Guest("director-1", "lvs-dr-director-1", "d1", {NETWORK: MAC})


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
    with broken_director(cloud, DIRECTOR, fault, NETWORK, said.append) as times:
        assert cloud.statuses["d1"] == status
        (mark,) = cloud.metadata["d1"].items()
        assert mark[0] == MARK, "a drill that is killed now must leave word"
        assert mark[1].split()[::2] == [fault.name, NETWORK]
    assert cloud.statuses["d1"] == "ACTIVE"
    assert cloud.metadata["d1"] == {}
    assert cloud.calls == calls
    assert times.broke < times.mended


def test_trouble_in_between_mends_first(make_cloud, said):
    cloud = make_cloud(d1="ACTIVE")
    with pytest.raises(DrillError, match="no successor"), broken_director(cloud, DIRECTOR, CRASH, NETWORK, said.append):
        raise DrillError("virtual IP", "no successor", "one", "look")
    assert cloud.statuses["d1"] == "ACTIVE"


def test_an_interrupt_mends_first(make_cloud, said):
    cloud = make_cloud(d1="ACTIVE")
    with pytest.raises(KeyboardInterrupt), broken_director(cloud, DIRECTOR, CRASH, NETWORK, said.append):
        raise KeyboardInterrupt
    assert (cloud.statuses["d1"], cloud.metadata["d1"]) == ("ACTIVE", {})


def test_an_impatient_second_interrupt_waits_for_the_mend(make_cloud, said):
    cloud = make_cloud(d1="ACTIVE")
    unpause = cloud.unpause

    def interrupted(server):
        os.kill(os.getpid(), signal.SIGINT)
        unpause(server)

    fault = replace(CRASH, way=replace(CRASH.way, mends=lambda _, server: interrupted(server)))
    with pytest.raises(KeyboardInterrupt), broken_director(cloud, DIRECTOR, fault, NETWORK, said.append):
        pass
    assert (cloud.statuses["d1"], cloud.metadata["d1"]) == ("ACTIVE", {})
    assert said[-1] == "mending lvs-dr-director-1 first"


def test_an_api_that_fails_is_asked_again_until_the_director_runs(make_cloud, said):
    cloud = make_cloud(d1="ACTIVE")
    cloud.failures = ["unpause", "unpause"]
    with broken_director(cloud, DIRECTOR, CRASH, NETWORK, said.append):
        pass
    assert cloud.calls == ["pause", "unpause", "unpause", "unpause"]
    assert cloud.statuses["d1"] == "ACTIVE"


def test_what_cannot_be_mended_is_said_with_what_to_do(make_cloud, said, monkeypatch):
    cloud = make_cloud(d1="ACTIVE")
    cloud.failures = ["unpause"] * 9
    monkeypatch.setattr(breaking, "_MENDS_WITHIN", 0)
    with pytest.raises(DrillError) as caught, broken_director(cloud, DIRECTOR, CRASH, NETWORK, said.append):
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


def test_a_port_is_cut_and_joined_on_the_virtual_ips_network(make_cloud, said):
    cloud = make_cloud(d1="ACTIVE")
    with broken_director(cloud, DIRECTOR, NIC_DOWN, NETWORK, said.append):
        assert cloud.ports == {("d1", MAC): False}
    assert cloud.calls == ["cut", "join"]
    assert cloud.ports == {("d1", MAC): True}


def test_a_port_that_a_killed_drill_left_cut_is_joined(make_cloud, said):
    cloud = make_cloud(d1="ACTIVE")
    cloud.metadata["d1"] = {MARK: f"nic-down 1795250563 {NETWORK}"}
    mend_leftovers(cloud, [DIRECTOR], said.append)
    assert (cloud.calls, cloud.metadata["d1"]) == (["join"], {})


def _speaks(cloud, *states, reason=""):
    """The director's console says these of whatever order it bears."""

    def whole_console(server):
        order = cloud.metadata[server].get(MARK, "")
        said = [{"order": order, "state": state, "epoch": 1.0, "reason": reason} for state in states]
        return "\n".join(frames.frame(orders.PREFIX, document) for document in said)

    cloud.whole_console = whole_console


def test_a_guest_obeys_its_mark_and_mends_itself(make_cloud, said):
    cloud = make_cloud(d1="ACTIVE")
    _speaks(cloud, orders.BEGUN)
    with broken_director(cloud, DIRECTOR, KEEPALIVED_KILLED, NETWORK, said.append) as times:
        assert times.begun > times.broke, "the guest obeys when it reads its metadata, not when it is told"
        _speaks(cloud, orders.BEGUN, orders.OVER)
    assert (cloud.calls, cloud.metadata["d1"]) == ([], {}), "nothing but the mark, and that is gone"


def test_a_guest_that_refuses_is_heard(make_cloud, said):
    cloud = make_cloud(d1="ACTIVE")
    _speaks(cloud, orders.REFUSED, reason="Unit haproxy.service not loaded.")
    with (
        pytest.raises(DrillError, match="refuses keepalived-killed: Unit haproxy"),
        broken_director(cloud, DIRECTOR, KEEPALIVED_KILLED, NETWORK, said.append),
    ):
        pass
    assert cloud.metadata["d1"] == {}


def test_a_guest_that_never_heard_of_its_order_is_whole(make_cloud, said, monkeypatch):
    cloud = make_cloud(d1="ACTIVE")
    monkeypatch.setattr(breaking, "_TAKES_EFFECT_WITHIN", 0)
    with (
        pytest.raises(DrillError, match="its agent has not said that it obeys"),
        broken_director(cloud, DIRECTOR, KEEPALIVED_KILLED, NETWORK, said.append),
    ):
        pass
    assert cloud.metadata["d1"] == {}
