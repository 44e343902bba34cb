"""The record of one probe run, and how it travels; nothing is judged here.

The probe (cloud-init/observer/usr/local/lib/vipstack/probe.py) is ordered by the observer's metadata item
``vipstack.probe``, JSON of at most 255 characters::

    {"id": "k3f9c2", "seconds": 40, "interval": 10, "targets": ["203.0.113.2:80", "203.0.113.2"]}

``interval`` is in milliseconds; a target with a port is a TCP connect, one without an ICMP echo. What comes back are
frames on the serial console, one line each with prefix ``VIPSTACK-PROBE`` and a checksum, as ``guestconfig.wire`` makes
them. Each holds a JSON object with the order's ``id`` and its ``kind``:

- ``started`` when the first packet leaves: ``epoch`` (the observer's wall clock).
- ``refused``, ``trouble``: ``reason``, a sentence. A refused order is not carried out.
- ``header`` when all is over: ``epoch`` and ``epoch_end`` (wall clock at both ends), ``elapsed`` (the same by the
  monotonic clock), ``interval``, ``timeout``, ``targets``, ``errors`` (count by errno name), ``ticks``, ``parts``.
- ``part``, ``parts`` of them: ``part`` (from 0), ``offsets`` and ``outcomes`` of a slice of the ticks. At each tick one
  packet went to each target in turn.

Times are whole numbers of 0.1 ms, but for the wall clock's seconds. ``offsets`` holds the first tick's distance from
the start, then each tick's distance from the one before: where that is much more than the interval, the prober itself
did not run, and nobody knows what became of the service. ``outcomes`` has a list for each target with one number a
tick: the time until the answer, or -1 lost (none within the timeout), -2 refused (a reset), -3 error (the observer's
own kernel could not send, or heard that the address cannot be reached).

The wall clock serves only to lay faults beside the ticks; distances are monotonic. Lines of the console may be damaged
by the kernel's own, so the observer prints everything again after a while until the order is withdrawn.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

LOST, REFUSED, ERROR = -1, -2, -3

_UNITS_PER_SECOND = 10_000


@dataclass(frozen=True)
class ProbeRecord:
    """One run. ``ticks`` are seconds since the start; ``answers`` has for each target each tick's answer time, or NaN.

    ``refused`` counts, for each target, the losses that were resets.
    """

    id: str
    epoch: float
    epoch_end: float
    elapsed: float
    interval: float
    timeout: float
    targets: tuple[str, ...]
    errors: Mapping[str, int]
    ticks: tuple[float, ...]
    answers: tuple[tuple[float, ...], ...]
    refused: tuple[int, ...]

    @property
    def clock_step(self) -> float:
        """By how many seconds the observer's wall clock moved against its monotonic one during the run."""
        return self.epoch_end - self.epoch - self.elapsed


@dataclass(frozen=True)
class Missing:
    """What of a run has not come in yet, in words."""

    what: str


def assemble(run: str, frames: Iterable[Mapping[str, Any]]) -> ProbeRecord | Missing:
    """Put the frames of a run together; any order, any number of copies."""
    header: Mapping[str, Any] | None = None
    parts: dict[int, Mapping[str, Any]] = {}
    for frame in frames:
        if frame.get("id") != run:
            continue
        if frame["kind"] == "header":
            header = frame
        elif frame["kind"] == "part":
            parts[frame["part"]] = frame
    if header is None:
        return Missing("the record's header")
    if absent := [number for number in range(header["parts"]) if number not in parts]:
        return Missing(f"{len(absent)} of the record's {header['parts']} parts (the first: {absent[0]})")
    ordered = [parts[number] for number in range(header["parts"])]
    return from_document(
        {
            **header,
            "offsets": [offset for part in ordered for offset in part["offsets"]],
            "outcomes": [
                [outcome for part in ordered for outcome in part["outcomes"][number]]
                for number in range(len(header["targets"]))
            ],
        }
    )


def from_document(document: Mapping[str, Any]) -> ProbeRecord:
    """A record from its numbers as the docstring above gives them.

    Raises:
        KeyError, TypeError: the document is not a record.
    """
    outcomes: list[list[int]] = document["outcomes"]
    return ProbeRecord(
        id=document["id"],
        epoch=document["epoch"],
        epoch_end=document["epoch_end"],
        elapsed=document["elapsed"] / _UNITS_PER_SECOND,
        interval=document["interval"] / _UNITS_PER_SECOND,
        timeout=document["timeout"] / _UNITS_PER_SECOND,
        targets=tuple(document["targets"]),
        errors=document["errors"],
        ticks=tuple(offset / _UNITS_PER_SECOND for offset in accumulate(document["offsets"])),
        answers=tuple(
            tuple(math.nan if outcome < 0 else outcome / _UNITS_PER_SECOND for outcome in target) for target in outcomes
        ),
        refused=tuple(target.count(REFUSED) for target in outcomes),
    )
