"""What a guest says of its configuration on its serial console, in frames of its own prefix (``frames``).

Shared by both ends: standard library only, Python 3.9. Deliberately carries no file contents: a console log is no place
for secrets.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from guestconfig import frames

PREFIX = "VIPSTACK-REPORT"

APPLYING = "applying"
READY = "ready"
FAILED = "failed"

# The step of a report whose agent cannot reach the metadata service; it has no generation.
STEP_METADATA = "metadata"


@dataclass(frozen=True)
class Report:
    """One report. ``generation`` 0 and ``digest`` "" stand for no configuration; ``boot`` tells boots apart."""

    host: str
    role: str
    generation: int
    digest: str
    status: str
    step: str
    log: tuple[str, ...] = ()
    boot: str = ""


def frame(report: Report) -> str:
    """The line that carries the report, without its end."""
    return frames.frame(PREFIX, asdict(report))


def parse(console: str) -> list[Report]:
    """Every report that arrived whole, in the order of the console; repetitions stay."""
    found = (_report(document) for document in frames.find(PREFIX, console))
    return [report for report in found if report]


def _report(fields: dict[str, Any]) -> Report | None:
    try:
        return Report(
            host=str(fields["host"]),
            role=str(fields["role"]),
            generation=int(fields["generation"]),
            digest=str(fields["digest"]),
            status=str(fields["status"]),
            step=str(fields["step"]),
            log=tuple(str(line) for line in fields["log"]),
            boot=str(fields["boot"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
