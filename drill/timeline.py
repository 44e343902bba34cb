"""The judgement: what a probe's record says about a fault, beside what was promised. Pure.

An outage is measured from the first lost probe to the last, as sent. Everything lost counts, also a probe that got a
reset or could not be sent. A run is laid beside its fault by the wall clock, in three phases: before the fault nothing
may be lost; between break and mend the failover happens; after the mend the broken director returns, which must not
cost more than the failover may. What the prober could not see (it did not run) is never taken for service.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from drill.records import ProbeRecord

# By how many seconds the observer's wall clock and the drill's may differ. An emulated guest without NTP has its time
# from an RTC of whole seconds, and was seen 1.1 s behind. Faults are held for longer than the promise plus twice this,
# so that no loss falls into the wrong phase.
CLOCK_TOLERANCE = 2.0

# A prober that sent nothing for longer than this, in seconds, was blind.
GAP = 0.05


class Verdict(StrEnum):
    """What a run shows: the promise kept, broken, or (the prober was blind) neither."""

    KEPT = "kept"
    BROKEN = "broken"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Outage:
    """From the first loss to the last, in seconds since the start of the run.

    ``at_most`` is the time between the answers around it: what the outage can have been, given when probes were sent.
    """

    first: float
    last: float
    lost: int
    at_most: float

    @property
    def duration(self) -> float:
        """First loss to last loss, in seconds: 0 where a single probe was lost."""
        return self.last - self.first


@dataclass(frozen=True)
class Gap:
    """A time in which the prober sent nothing, in seconds since the start of the run."""

    start: float
    length: float


@dataclass(frozen=True)
class Window:
    """When the fault began and when its mending began, by the drill's wall clock; a control run has neither."""

    broke: float
    mended: float


@dataclass(frozen=True)
class TargetTimeline:
    """What one target saw, phase by phase. In a control run everything is ``before``. ``sent`` counts all probes."""

    target: str
    promise: float
    sent: int
    refused: int
    before: Outage | None
    failover: Outage | None
    returning: Outage | None


@dataclass(frozen=True)
class Judgement:
    """The verdict on one run, with a reason in words for each thing that speaks against it."""

    verdict: Verdict
    reasons: tuple[str, ...]
    targets: tuple[TargetTimeline, ...]
    gaps: tuple[Gap, ...]


def outage(record: ProbeRecord, number: int, start: float, end: float) -> Outage | None:
    """The outage of a target among the ticks of ``start`` <= tick < ``end``; None where nothing was lost."""
    ticks, answers = record.ticks, record.answers[number]
    low, high = bisect_left(ticks, start), bisect_left(ticks, end)
    lost = [index for index in range(low, high) if math.isnan(answers[index])]
    if not lost:
        return None
    before = ticks[lost[0] - 1] if lost[0] > 0 else 0.0
    after = ticks[lost[-1] + 1] if lost[-1] + 1 < len(ticks) else record.elapsed
    return Outage(first=ticks[lost[0]], last=ticks[lost[-1]], lost=len(lost), at_most=after - before)


def gaps(record: ProbeRecord) -> tuple[Gap, ...]:
    """Where the prober was blind."""
    return tuple(
        Gap(start=before, length=after - before)
        for before, after in pairwise((0.0, *record.ticks))
        if after - before > max(GAP, 1.5 * record.interval)
    )


def judge(
    record: ProbeRecord, window: Window | None, promises: Mapping[str, float], at_least: float = 0.0
) -> Judgement:
    """Judge one run.

    Args:
        record: what the probe recorded.
        window: the fault's time; None for a control run.
        promises: for each target, for how many seconds it may be away. A control run's serves to judge the prober's
            gaps alone.
        at_least: for how many seconds the virtual IP must have been away if the fault was what it claims to be. A crash
            costs more than one advert interval; what costs less, the master had announced with priority 0.
    """
    broke = window.broke - record.epoch - CLOCK_TOLERANCE if window else math.inf
    mended = window.mended - record.epoch - CLOCK_TOLERANCE if window else math.inf
    targets = tuple(
        TargetTimeline(
            target=target,
            promise=promises[target],
            sent=len(record.ticks),
            refused=record.refused[number],
            before=outage(record, number, 0, broke),
            failover=outage(record, number, broke, mended),
            returning=outage(record, number, mended, math.inf),
        )
        for number, target in enumerate(record.targets)
    )
    blind = gaps(record)
    broken = [reason for target in targets for reason in _against(target, control=window is None)]
    longest = max(target.failover.at_most if target.failover else 0.0 for target in targets)
    if longest < at_least:
        broken.append(f"no crash: away for {_ms(longest)}, and without a goodbye it takes at least {_ms(at_least)}")
    unsure = [] if broken else _doubts(record, targets, blind, window)
    verdict = Verdict.BROKEN if broken else Verdict.UNSURE if unsure else Verdict.KEPT
    return Judgement(verdict=verdict, reasons=(*broken, *unsure), targets=targets, gaps=blind)


def _against(timeline: TargetTimeline, *, control: bool) -> list[str]:
    """What speaks against a target having kept its promise."""
    reasons: list[str] = []
    if timeline.before:
        when = "in a run without a fault" if control else "before the fault"
        reasons.append(f"{timeline.target}: {_probes(timeline.before.lost)} lost {when}")
    for what, seen in (("away", timeline.failover), ("away again at the return", timeline.returning)):
        if seen and seen.duration > timeline.promise:
            reasons.append(f"{timeline.target}: {what} for {_ms(seen.duration)}, promised {_ms(timeline.promise)}")
    return reasons


def _doubts(
    record: ProbeRecord, targets: tuple[TargetTimeline, ...], blind: tuple[Gap, ...], window: Window | None
) -> list[str]:
    """What keeps a run that looks good from proving it."""
    promise = min(target.promise for target in targets)
    reasons = [
        f"the prober did not run for {_ms(gap.length)}, {gap.start:.1f} s after its start"
        for gap in blind
        if gap.length > promise
    ]
    for target in targets:
        seen = target.failover
        if seen and seen.at_most > target.promise + 2 * record.interval + GAP:
            reasons.append(f"{target.target}: with the prober's own gaps the outage may have been {_ms(seen.at_most)}")
    if abs(record.clock_step) > CLOCK_TOLERANCE:
        reasons.append(f"the observer's clock was set by {record.clock_step:+.1f} s during the run")
    if window and not record.epoch + CLOCK_TOLERANCE < window.broke < window.mended < record.epoch + record.elapsed:
        reasons.append("the fault lies outside the probe's run")
    return reasons


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _probes(count: int) -> str:
    return f"{count} probe" if count == 1 else f"{count} probes"
