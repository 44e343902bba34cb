"""The order of a repetition, with a fake Nova, a recorded probe, and nobody to wait for."""

import pytest

from drill import breaking, conduct
from drill.conduct import Drill
from drill.errors import DrillError
from drill.faults import CRASH
from drill.outputs import Bounds, Guest, StackOutputs, Target
from drill.prober import Run
from drill.records import from_document
from drill.timeline import Judgement, Verdict

FIRST, SECOND = Guest("director-1", "lvs-dr-director-1", "d1"), Guest("director-2", "lvs-dr-director-2", "d2")
STACK = StackOutputs(
    observer=Guest("observer", "lvs-dr-observer", "o1"),
    directors=(FIRST, SECOND),
    addresses={"www": "198.51.100.10"},
    networks={"www": "web"},
    peer_networks={"www": "web"},
    bounds={"www": Bounds(crash=3.527, clean_stop=0.527, allowance=0.5, link_down=3.527)},
    targets=(Target("www", "198.51.100.10", 80), Target("www", "198.51.100.10", None)),
)


@pytest.fixture
def cloud(make_cloud, monkeypatch):
    made = make_cloud(d1="ACTIVE", d2="ACTIVE", o1="ACTIVE")
    made.consoles["o1"] = ""
    for module in (conduct, breaking):
        monkeypatch.setattr(module.time, "sleep", lambda _: None)
    monkeypatch.setattr(conduct, "wait_until_ready", lambda *_, **__: made.calls.append("ready"))
    monkeypatch.setattr(conduct, "boot_of", lambda *_: "b0071e55")
    monkeypatch.setattr(conduct, "wait_for_master", lambda *_, other_than=None: SECOND if other_than else FIRST)
    monkeypatch.setattr(conduct.prober, "start", lambda *_: made.calls.append("probe") or Run("1", 30.0, 0.0))
    monkeypatch.setattr(conduct.prober, "withdraw", lambda *_: made.calls.append("withdraw"))
    return made


def _collects(monkeypatch, cloud, document):
    """The probe's record, laid so that its fault is the one that the fake Nova just had."""

    def collect(*_):
        cloud.calls.append("collect")
        return from_document(document)

    monkeypatch.setattr(conduct.prober, "collect", collect)
    times = iter([document["broke"], document["broke"], document["mended"], document["mended"]])
    monkeypatch.setattr(conduct.time, "time", lambda: next(times, document["mended"]))


def test_a_crash_is_probed_broken_mended_and_judged(cloud, monkeypatch, recording):
    _collects(monkeypatch, cloud, recording("crash"))
    said = []
    (repetition,) = Drill(cloud, STACK, "www", said.append).run([(CRASH, 1)])
    assert cloud.calls == [
        "ready",
        "ready",
        "probe",
        "pause",
        "unpause",
        "collect",
        "ready",
        "ready",
        "ready",
        "withdraw",
    ]
    assert (repetition.victim, repetition.successor) == (FIRST, SECOND)
    assert repetition.judgement.verdict == "kept", repetition.judgement.reasons
    assert said[0] == "the probe runs for 31 s, 2 targets every 10 ms"


def test_a_control_run_breaks_nothing(cloud, monkeypatch, recording):
    _collects(monkeypatch, cloud, recording("control"))
    (repetition,) = Drill(cloud, STACK, "www", lambda _: None).run([(None, 1)])
    assert cloud.calls == ["ready", "ready", "probe", "collect", "withdraw"]
    assert (repetition.fault, repetition.window) == (None, None)


def test_a_probe_that_does_not_start_leaves_the_directors_alone(cloud, monkeypatch):
    def refuse(*_):
        raise DrillError("observer", "its probe did not start", "it starts", "look")

    monkeypatch.setattr(conduct.prober, "start", refuse)
    with pytest.raises(DrillError, match="its probe did not start"):
        list(Drill(cloud, STACK, "www", lambda _: None).run([(CRASH, 1)]))
    assert cloud.calls == ["ready", "ready", "withdraw"], "without a probe there is nothing to break for"


def test_a_drill_given_up_in_between_takes_the_order_back(cloud, monkeypatch, recording):
    _collects(monkeypatch, cloud, recording("control"))
    run = Drill(cloud, STACK, "www", lambda _: None).run([(None, 1), (CRASH, 1)])
    next(run)
    run.close()
    assert cloud.calls[-1] == "withdraw"
    assert "pause" not in cloud.calls


@pytest.mark.parametrize(
    "verdicts", [["unsure", "kept"], ["unsure", "broken"], ["broken"], ["unsure", "unsure", "unsure"]]
)
def test_what_a_blind_prober_cannot_tell_is_done_again_within_bounds(cloud, monkeypatch, recording, verdicts):
    _collects(monkeypatch, cloud, recording("control"))
    judged = iter(Judgement(Verdict(verdict), (f"{verdict}, for a reason",), (), ()) for verdict in verdicts)
    monkeypatch.setattr(conduct, "judge", lambda *_, **__: next(judged))
    said = []
    (repetition,) = Drill(cloud, STACK, "www", said.append).run([(None, 1)])
    again = len(verdicts) - 1
    assert (repetition.judgement.verdict, repetition.unsure_before) == (verdicts[-1], again)
    assert cloud.calls.count("collect") == len(verdicts)
    assert said.count("control 1 is done again: unsure, for a reason") == again, "what does not count is said"
