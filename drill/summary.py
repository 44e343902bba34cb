"""The drills of all systems as docs/drills.md has them. Pure; the documents are those of ``drill.report``."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drill.faults import CONTROL
from drill.timeline import Verdict

_HEAD = """\
# Drills

`make drill-full` made this page: every system, every fault, on the lab (`vipstack lab up`), with guests that are
emulated. Only what is within its promise is proven; a figure depends on the conditions below the tables. A system or a
fault that is not in a table has not been drilled.

*Outage* is from the first lost probe to the last, of the target that lost most; a probe left every 10 ms for each
service and each virtual IP. *At return* is what was lost once more when the director came back. What each fault is, and
whence its promise: `drill/faults.py`.
"""
_COLUMNS = ("fault", "times", "kept", "outage ms: min / median / max", "at return ms: max", "promised ms")


@dataclass(frozen=True)
class System:
    """One system's repetitions, as ``drill.report`` writes them, and under which conditions they were made."""

    name: str
    repetitions: tuple[Mapping[str, Any], ...]
    conditions: tuple[Mapping[str, Any], ...]


def markdown(systems: Sequence[System]) -> str:
    """The page."""
    return "\n".join([_HEAD, *(_section(system) for system in systems)])


def kept(repetition: Mapping[str, Any]) -> bool:
    """Whether it proves the promise."""
    return repetition["verdict"] == Verdict.KEPT.value


def decided(repetition: Mapping[str, Any]) -> bool:
    """Whether it proves anything: a blind prober's run is to be done again."""
    return repetition["verdict"] != Verdict.UNSURE.value


def _section(system: System) -> str:
    names = list(dict.fromkeys(repetition["fault"] for repetition in system.repetitions))
    rows = [_row([r for r in system.repetitions if r["fault"] == name]) for name in names]
    reasons = [
        f"- **{repetition['fault']} {repetition['number']}**: {reason}"
        for repetition in system.repetitions
        if not kept(repetition)
        for reason in repetition["reasons"]
    ]
    lines = [f"## {system.name}", "", _line(_COLUMNS), _line(["---"] * len(_COLUMNS)), *(_line(row) for row in rows)]
    lines += ["", *reasons, *([""] if reasons else []), _conditions(system), ""]
    return "\n".join(lines)


def _row(repetitions: Sequence[Mapping[str, Any]]) -> list[str]:
    fault = repetitions[0]["fault"]
    phase = "before" if fault == CONTROL else "failover"
    outages = [_longest(repetition, phase) for repetition in repetitions]
    promised = [target["promise_ms"] or 0 for repetition in repetitions for target in repetition["targets"]]
    count = sum(map(kept, repetitions))
    return [
        fault,
        str(len(repetitions)),
        str(count) if count == len(repetitions) else f"**{count}**",
        f"{min(outages):.0f} / {statistics.median(outages):.0f} / {max(outages):.0f}",
        "" if fault == CONTROL else f"{max(_longest(repetition, 'return') for repetition in repetitions):.0f}",
        f"{max(promised):.0f}",
    ]


def _longest(repetition: Mapping[str, Any], phase: str) -> float:
    return max((target[phase]["outage_ms"] for target in repetition["targets"] if target[phase]), default=0.0)


def _conditions(system: System) -> str:
    dates = sorted(repetition["date"] for repetition in system.repetitions)
    loads = [about["load"][0] for about in system.conditions]
    programs = dict.fromkeys(about.get("program", "of before 2026-12-01") for about in system.conditions)
    machines = {f"{about['machine']}, {about['processors']} processors" for about in system.conditions}
    return (
        f"{dates[0]} to {dates[-1]}; {'; '.join(sorted(machines))}; "
        f"load at the start of each sitting {', '.join(f'{load:.1f}' for load in loads)}; "
        f"program {', '.join(programs)}."
    )


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
