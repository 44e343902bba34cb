"""The drill beside a second probe: the same probe as the observer's, run by the client beyond the router.

The drill judges what the virtual IPs' own network sees; through a floating IP the packets take another way, which
only somebody outside can watch.
"""

import json
import math
import subprocess
import sys
from dataclasses import dataclass

from drill.records import ProbeRecord, from_document
from lab.laboratory import Laboratory
from lab.layout import OUTSIDE
from lab.stacks import PROJECT, environment

PROBE = PROJECT / "cloud-init/observer/usr/local/lib/vipstack/probe.py"
SECONDS = 180  # a drill of one fault on guests that were up before takes about half of it
INTERVAL = 10  # milliseconds


@dataclass(frozen=True)
class Stretch:
    """A time without an answer: seconds since the probe's start, and how long (first loss to last)."""

    start: float
    length: float


def drilled(lab: Laboratory, stack: str, fault: str, beyond: str) -> tuple[str, ProbeRecord]:
    """Drill the stack with one fault; what the drill said, and what the client saw of ``beyond`` meanwhile.

    ``beyond`` is a target as in the probe's order: an address, or address:port.
    """
    order = json.dumps({"id": "beyond", "seconds": SECONDS, "interval": INTERVAL, "targets": [beyond]})
    watch = [*lab.rooms.enter_words(OUTSIDE), sys.executable, str(PROBE), order]
    command = [sys.executable, "-m", "vipstack", "drill", stack, "--faults", fault]
    with subprocess.Popen(watch, stdout=subprocess.PIPE, text=True) as probe:
        try:
            finished = subprocess.run(
                command,
                env=environment(lab.layout),
                cwd=PROJECT,
                text=True,
                capture_output=True,
                timeout=900,
                check=False,
            )
            seen, _ = probe.communicate(timeout=SECONDS + 60)
        finally:
            probe.kill()
    assert finished.returncode == 0, f"beyond the promise, or not measured:\n{finished.stdout}\n{finished.stderr}"
    return finished.stdout, from_document(json.loads(seen))


def longest(record: ProbeRecord) -> Stretch:
    """The longest stretch of losses without an answer between them."""
    best, first, last = Stretch(0.0, 0.0), None, 0.0
    for tick, answer in zip(record.ticks, record.answers[0], strict=True):
        if not math.isnan(answer):
            first = None
            continue
        first = tick if first is None else first
        last = tick
        if last - first > best.length:
            best = Stretch(first, last - first)
    return best
