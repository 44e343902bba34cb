"""A drill's result: a table for people, a JSON document for machines. Pure but for the printing.

The JSON document::

    {"stack", "date" (UTC), "conditions": {...}, "kept": bool,
     "repetitions": [{"fault", "number", "date", "victim", "successor", "verdict", "reasons", "unsure_before",
       "targets": [
         {"target", "promise_ms", "sent", "refused", "before", "failover", "return"}], "prober": {...}}]}

``before``, ``failover`` and ``return`` are null where nothing was lost, else ``outage_ms`` (first loss to last loss),
``at_most_ms`` (between the answers around it), ``lost`` and ``at_ms`` (the first loss, from the start of the run).
``unsure_before`` counts the runs that were done before for the same repetition and decided nothing. ``prober`` says how
well the probe itself ran.
"""

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from drill.conduct import Repetition
from drill.timeline import Outage, TargetTimeline, Verdict

_STYLES = {Verdict.KEPT: "green", Verdict.BROKEN: "red", Verdict.UNSURE: "yellow"}


def conditions(cloud: str) -> dict[str, Any]:
    """What a figure depends on, as far as it can be seen from here."""
    return {
        "cloud": cloud,
        "python": platform.python_version(),
        "machine": platform.platform(),
        "processors": os.cpu_count(),
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def document(stack: str, about: Mapping[str, Any], repetitions: Sequence[Repetition]) -> dict[str, Any]:
    """The result as the module's docstring describes it."""
    return {
        "stack": stack,
        "date": _date(repetitions[0].at) if repetitions else None,
        "conditions": dict(about),
        "kept": kept(repetitions),
        "repetitions": [repetition(one) for one in repetitions],
    }


def kept(repetitions: Sequence[Repetition]) -> bool:
    """Whether every repetition kept its promise, beyond doubt."""
    return all(repetition.judgement.verdict is Verdict.KEPT for repetition in repetitions)


def table(stack: str, repetitions: Sequence[Repetition]) -> Table:
    """One row for each target of each repetition."""
    made = Table(title=f"Drill of {stack}: outage from first loss to last loss, in ms")
    for heading in ("fault", "director", "target"):
        made.add_column(heading, no_wrap=True)
    for heading in ("outage", "lost", "at return", "promised"):
        made.add_column(heading, justify="right")
    made.add_column("verdict")
    for repetition in repetitions:
        verdict = repetition.judgement.verdict
        for row, timeline in enumerate(repetition.judgement.targets):
            first = row == 0
            made.add_row(
                f"{repetition.name} {repetition.number}" if first else "",
                (repetition.victim.key if repetition.victim else "-") if first else "",
                Text(timeline.target),  # brackets around an address are no markup
                *_figures(timeline, control=repetition.fault is None),
                Text(verdict, _STYLES[verdict]) if first else "",
            )
        made.add_section()
    return made


def remarks(repetition: Repetition) -> list[str]:
    """What there is to say beside the figures, in sentences."""
    blind = repetition.judgement.gaps
    said = [f"{repetition.name} {repetition.number}: {reason}" for reason in repetition.judgement.reasons]
    if blind:
        longest = max(gap.length for gap in blind)
        said.append(
            f"{repetition.name} {repetition.number}: the prober itself paused {len(blind)} times,"
            f" at most {longest * 1000:.0f} ms"
        )
    return said


def _figures(timeline: TargetTimeline, *, control: bool) -> tuple[str, str, str, str]:
    seen = timeline.before if control else timeline.failover
    promise = "0" if control else f"{timeline.promise * 1000:.0f}"
    returned = "" if control else f"{timeline.returning.duration * 1000:.0f}" if timeline.returning else "none"
    if seen is None:
        return "none", "0", returned, promise
    return f"{seen.duration * 1000:.0f}", str(seen.lost), returned, promise


def repetition(repetition: Repetition) -> dict[str, Any]:
    """One repetition as the module's docstring describes it."""
    record, judgement = repetition.record, repetition.judgement
    return {
        "fault": repetition.name,
        "number": repetition.number,
        "date": _date(repetition.at),
        "victim": repetition.victim and repetition.victim.key,
        "successor": repetition.successor and repetition.successor.key,
        "verdict": judgement.verdict.value,
        "reasons": list(judgement.reasons),
        "unsure_before": repetition.unsure_before,
        "targets": [
            {
                "target": timeline.target,
                "promise_ms": None if repetition.fault is None else _ms(timeline.promise),
                "sent": timeline.sent,
                "refused": timeline.refused,
                "before": _outage(timeline.before),
                "failover": _outage(timeline.failover),
                "return": _outage(timeline.returning),
            }
            for timeline in judgement.targets
        ],
        "prober": {
            "seconds": record.elapsed,
            "interval_ms": _ms(record.interval),
            "ticks": len(record.ticks),
            "gaps": len(judgement.gaps),
            "longest_gap_ms": _ms(max((gap.length for gap in judgement.gaps), default=0.0)),
            "errors": dict(record.errors),
        },
    }


def _outage(outage: Outage | None) -> dict[str, Any] | None:
    if outage is None:
        return None
    return {
        "outage_ms": _ms(outage.duration),
        "at_most_ms": _ms(outage.at_most),
        "lost": outage.lost,
        "at_ms": _ms(outage.first),
    }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _date(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).isoformat(timespec="seconds")
