"""What a guest's console says about a configuration: a judgement on text, for whoever waits."""

import re
from dataclasses import dataclass

from guestconfig import report
from guestconfig.inputs import CHANNEL

TAIL_LINES = 15
# What begins the lines that are for machines.
FRAMES = "VIPSTACK-"

# Colours and cursor movements of systemd and getty; Nova takes the escape character out and leaves the rest.
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\[\d+(?:;\d+)*m|[^\x20-\x7e]")
_LINE_LENGTH = 160


@dataclass(frozen=True)
class Wanted:
    """The report that is waited for. With delivery by user data the generation says nothing."""

    delivery: str
    digest: str
    generation: int


@dataclass(frozen=True)
class Heard:
    """What the console says: ``done``, or ``failure`` in words, or else ``progress``."""

    done: bool = False
    failure: str = ""
    progress: str = ""


def listen(console: str, wanted: Wanted) -> Heard:
    """Judge a console's text."""
    reports = report.parse(console)
    own = [found for found in reports if _answers(found, wanted)]
    if own and own[-1].status == report.READY:
        return Heard(done=True, progress="; ".join(("ready", *own[-1].log)))
    if own and own[-1].status == report.FAILED:
        return Heard(failure=_failure(own[-1]))
    if reports and (reports[-1].status, reports[-1].step) == (report.FAILED, report.STEP_METADATA):
        remedy = "Set `delivery: user-data` in the stack file for clouds without a metadata service" * (
            wanted.delivery == CHANNEL
        )
        return Heard(failure=f"{_failure(reports[-1])}\n{remedy}".strip())
    # A report of another configuration says nothing of this one, but for one of none: the agent waits.
    waiting = [found for found in reports[-1:] if not found.digest]
    return Heard(progress=_progress(own or waiting, console, alive=bool(reports)))


def tail(console: str) -> list[str]:
    """The last lines that a person can read."""
    lines = [_CONTROL.sub("", line).strip() for line in console.splitlines()]
    return [line[:_LINE_LENGTH] for line in lines if line and FRAMES not in line][-TAIL_LINES:]


def _answers(found: report.Report, wanted: Wanted) -> bool:
    same = wanted.delivery != CHANNEL or found.generation == wanted.generation
    return same and found.digest == wanted.digest


def _failure(found: report.Report) -> str:
    return "\n  ".join((f"its agent reports that the step `{found.step}` failed:", *found.log))


def _progress(reports: list[report.Report], console: str, *, alive: bool) -> str:
    if reports:
        last = reports[-1]
        return ": ".join((last.step, *last.log[-1:]))
    if alive:
        return "delivered, and not yet taken by the guest"
    return "; ".join(tail(console)[-1:]) or "no sign on its console yet"
