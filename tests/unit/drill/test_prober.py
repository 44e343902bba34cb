"""The order that starts a probe, and what is made of the observer's answers."""

import time

import pytest

from drill import prober, waiting
from drill.errors import DrillError
from drill.outputs import Guest, Target
from guestconfig import frames

OBSERVER = Guest("observer", "lvs-dr-observer", "o1")
TARGETS = (Target("web", "203.0.113.2", 80), Target("web", "203.0.113.2", None))


@pytest.fixture
def cloud(make_cloud, monkeypatch):
    monkeypatch.setattr(waiting.time, "sleep", lambda _: None)
    monkeypatch.setattr(prober, "_STARTS_WITHIN", 0)
    monkeypatch.setattr(prober, "_COMES_WITHIN", 0)
    monkeypatch.setattr(prober.secrets, "token_hex", lambda _: "k3f9c2d1")
    return make_cloud(o1="ACTIVE")


def _says(cloud, **document):
    cloud.consoles["o1"] += f"\r\n{frames.frame('VIPSTACK-PROBE', document)}\r\n"


def test_an_order_is_short_json():
    assert prober.order("k3f9c2d1", 32.0, TARGETS) == (
        '{"id":"k3f9c2d1","seconds":32,"interval":10,"targets":["203.0.113.2:80","203.0.113.2"]}'
    )


def test_an_order_that_nova_would_refuse_is_refused_first():
    many = [Target("web", f"203.0.113.{number}", 8080) for number in range(100, 112)]
    with pytest.raises(DrillError, match=r"the order for 12 targets has \d+ characters\n.*255 characters"):
        prober.order("k3f9c2d1", 32.0, many)


def test_a_run_has_begun_when_the_observer_says_so(cloud):
    _says(cloud, kind="started", id="k3f9c2d1", epoch=time.time())
    run = prober.start(cloud, OBSERVER, 32.0, TARGETS)
    assert run.id == "k3f9c2d1"
    assert cloud.metadata["o1"] == {"vipstack.probe": prober.order("k3f9c2d1", 32.0, TARGETS)}


def test_another_runs_start_is_not_this_ones(cloud):
    _says(cloud, kind="started", id="00000000", epoch=time.time())
    with pytest.raises(DrillError, match="lvs-dr-observer: after 0 s: its probe did not start\n"):
        prober.start(cloud, OBSERVER, 32.0, TARGETS)


def test_an_observer_without_metadata_service_is_told_apart(cloud):
    _says(cloud, kind="trouble", id="", reason="http://169.254.169.254: timed out")
    with pytest.raises(DrillError, match=r"its probe did not start \(http://169\.254\.169\.254: timed out\)"):
        prober.start(cloud, OBSERVER, 32.0, TARGETS)


def test_a_refusal_ends_the_waiting(cloud):
    order = prober.order("k3f9c2d1", 32.0, TARGETS)
    _says(cloud, kind="refused", id="", order=order, reason="9 targets; 1 to 8")
    with pytest.raises(DrillError, match="its probe refuses the order: 9 targets; 1 to 8"):
        prober.start(cloud, OBSERVER, 32.0, TARGETS)


@pytest.mark.parametrize(("behind", "ahead"), [(0.0, 0.0), (2.9, 0.0), (-5.8, 6.8), (30.0, -29.0)])
def test_a_clock_that_may_be_right_is_believed_and_another_is_allowed_for(cloud, behind, ahead):
    _says(cloud, kind="started", id="k3f9c2d1", epoch=time.time() - behind - 0.05)
    assert prober.start(cloud, OBSERVER, 32.0, TARGETS).ahead == pytest.approx(ahead, abs=0.5)


def test_a_whole_record_is_collected_and_the_order_withdrawn(cloud, probe_watch, recording):
    document = {**recording("control"), "id": "k3f9c2d1"}
    del document["broke"], document["mended"]
    for part in probe_watch.parts(document):
        _says(cloud, **part)
    cloud.metadata["o1"] = {"vipstack.probe": "the order", "vipstack.m": "{}"}
    record = prober.collect(cloud, OBSERVER, prober.Run("k3f9c2d1", 14.0, time.time() - 14))
    assert record.id == "k3f9c2d1"
    assert cloud.metadata["o1"] == {"vipstack.m": "{}"}, "only the drill's own item goes"


def test_a_record_that_does_not_come_is_said(cloud, probe_watch, recording):
    document = {**recording("control"), "id": "k3f9c2d1"}
    for part in list(probe_watch.parts(document))[:-1]:
        _says(cloud, **part)
    with pytest.raises(DrillError, match=r"1 of the record's 3 parts \(the first: 2\) did not come"):
        prober.collect(cloud, OBSERVER, prober.Run("k3f9c2d1", 14.0, time.time() - 14))
