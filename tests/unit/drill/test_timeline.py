"""The judgement, on recordings of a real pair and on records written for one question each."""

import math

import pytest

from drill.records import ProbeRecord, from_document
from drill.timeline import Verdict, Window, judge, outage

PROMISES = {"crash": 3.527, "clean-stop": 0.523, "keepalived-killed": 3.527}


def _record(losses=(), seconds=20.0, gap=None, targets=("198.51.100.10:80",)):
    """A record of a tick each 10 ms; ``losses`` are closed ranges of seconds, ``gap`` one in which nothing was sent."""
    ticks = [tick / 100 for tick in range(int(seconds * 100))]
    if gap:
        ticks = [tick for tick in ticks if not gap[0] < tick < gap[1]]
    answers = tuple(math.nan if any(first <= tick <= last for first, last in losses) else 0.001 for tick in ticks)
    return ProbeRecord(
        id="written",
        epoch=1000.0,
        epoch_end=1000.0 + seconds + 0.9,
        elapsed=seconds + 0.9,
        interval=0.01,
        timeout=0.9,
        targets=targets,
        errors={},
        ticks=tuple(ticks),
        answers=(answers,) * len(targets),
        refused=(0,) * len(targets),
    )


def _judge(record, window=Window(broke=1004.0, mended=1013.0), promise=3.527, at_least=0.0):  # noqa: B008 - frozen
    return judge(record, window, dict.fromkeys(record.targets, promise), at_least)


@pytest.mark.parametrize("fault", PROMISES)
def test_a_recorded_failover_within_its_bound_is_kept(recording, fault):
    document = recording(fault)
    record = from_document(document)
    window = Window(document["broke"], document["mended"])
    at_least = 1.0 if fault == "crash" else 0.0
    judgement = judge(record, window, dict.fromkeys(record.targets, PROMISES[fault]), at_least)
    assert judgement.verdict is Verdict.KEPT, judgement.reasons
    assert all(target.failover for target in judgement.targets), "the failover is in the recording"
    assert all(target.returning is None for target in judgement.targets), "nothing was lost when it came back"


def test_the_recorded_crash_took_what_the_formula_says(recording):
    record = from_document(recording("crash"))
    seen = outage(record, 0, 0, math.inf)
    assert seen
    assert seen.duration == pytest.approx(2.97, abs=0.01), "2 to 3 intervals of 1 s and the skew of priority 249"
    assert seen.lost == 298


def test_a_recorded_clean_stop_is_no_crash(recording):
    document = recording("clean-stop")
    record = from_document(document)
    judgement = judge(record, Window(document["broke"], document["mended"]), dict.fromkeys(record.targets, 3.5), 1.0)
    assert judgement.verdict is Verdict.BROKEN
    assert judgement.reasons == ("no crash: away for 40 ms, and without a goodbye it takes at least 1000 ms",)


def test_a_recorded_control_run_shows_no_outage(recording):
    record = from_document(recording("control"))
    judgement = judge(record, None, dict.fromkeys(record.targets, 0.523))
    assert judgement.verdict is Verdict.KEPT, judgement.reasons


def test_one_loss_in_a_control_run_is_too_many():
    judgement = _judge(_record([(7.0, 7.0)]), window=None)
    assert judgement.verdict is Verdict.BROKEN
    assert judgement.reasons == ("198.51.100.10:80: 1 probe lost in a run without a fault",)


def test_an_outage_reaches_from_the_first_loss_to_the_last_whatever_answered_between():
    seen = outage(_record([(5.0, 5.5), (7.0, 7.2)]), 0, 0, 20)
    assert seen
    assert (seen.first, seen.last, seen.lost) == (5.0, 7.2, 72)
    assert seen.duration == pytest.approx(2.2)
    assert seen.at_most == pytest.approx(2.22), "between the answer before and the answer after"


def test_a_single_lost_probe_is_an_outage_of_no_length():
    seen = outage(_record([(5.0, 5.0)]), 0, 0, 20)
    assert seen
    assert (seen.duration, seen.lost) == (0, 1)


@pytest.mark.parametrize(
    ("losses", "reason"),
    [
        ([(5.0, 8.6)], "198.51.100.10:80: away for 3600 ms, promised 3527 ms"),
        ([(5.0, 8.0), (13.5, 18.0)], "198.51.100.10:80: away again at the return for 4500 ms, promised 3527 ms"),
        ([(1.0, 1.01), (5.0, 8.0)], "198.51.100.10:80: 2 probes lost before the fault"),
    ],
)
def test_what_breaks_the_promise_is_said(losses, reason):
    judgement = _judge(_record(losses))
    assert judgement.verdict is Verdict.BROKEN
    assert judgement.reasons == (reason,)


def test_a_fault_that_nobody_noticed_is_no_success():
    judgement = _judge(_record(), at_least=1.0)
    assert judgement.verdict is Verdict.BROKEN, "a pause that never happened must not pass as an outage of 0 ms"


def test_a_clean_stop_may_pass_unnoticed():
    assert _judge(_record()).verdict is Verdict.KEPT


def test_what_a_stalled_prober_did_not_see_is_doubt():
    judgement = _judge(_record([(5.0, 5.1)], gap=(5.1, 9.5)))
    assert judgement.verdict is Verdict.UNSURE
    assert "the prober did not run for 4400 ms, 5.1 s after its start" in judgement.reasons


def test_a_short_stall_is_noted_and_no_doubt():
    judgement = _judge(_record([(5.0, 8.0)], gap=(15.0, 15.2)))
    assert judgement.verdict is Verdict.KEPT
    assert [round(gap.length, 3) for gap in judgement.gaps] == [0.2]


def test_a_fault_outside_the_run_proves_nothing():
    judgement = _judge(_record(), window=Window(broke=1004.0, mended=1030.0))
    assert judgement.verdict is Verdict.UNSURE
    assert judgement.reasons == ("the fault lies outside the probe's run",)


def test_losses_are_laid_beside_the_fault_within_the_clocks_tolerance():
    judgement = _judge(_record([(3.2, 6.0)]))
    assert judgement.targets[0].before is None, "the observer's clock may be two seconds behind the drill's"
    assert judgement.verdict is Verdict.KEPT
