"""Judges a candidate before it replaces anything: by the daemon's own check where there is one."""

from __future__ import annotations

import json
import re
from pathlib import Path

from guestconfig import paths
from guestconfig.agent import commands, routing
from guestconfig.agent.guest import StepError

STEP = "check"

# What a line may be, of files that no daemon checks.
_LINES = {
    paths.SYSCTL: re.compile(r"-?[\w./*-]+\s*=\s*\S.*"),
    paths.APACHE: re.compile(r"Listen [\d.:]+"),
    # keepalived's command line, which its unit takes from one variable or the other.
    paths.OPTIONS: re.compile(r'(DAEMON_ARGS|KEEPALIVED_OPTIONS)="(--log-detail)?( ?--log-facility=[0-7])?"'),
    paths.MODULES: re.compile(r"[\w-]+"),
    paths.ROUTING: routing.LINE,
    paths.TABLE_NAMES: re.compile(r"\d+ [\w-]+"),
}


def check(path: str, candidate: Path, kind: str) -> None:
    """Have one candidate judged.

    Raises:
        StepError: it was refused, with the checker's own words.
    """
    try:
        if kind == paths.KEEPALIVED:
            commands.must(STEP, ["keepalived", "-t", "-f", str(candidate)])
        elif kind == paths.NFTABLES:
            commands.must(STEP, ["nft", "-c", "-f", str(candidate)])
        elif kind == paths.JSON:
            json.loads(candidate.read_bytes())
        elif kind in _LINES:
            _check_lines(candidate, _LINES[kind])
    except StepError as error:
        raise StepError(STEP, [f"{path} was refused", *error.log]) from error
    except ValueError as error:
        raise StepError(STEP, [f"{path} was refused: {error}"]) from error


def lines_of(text: str) -> list[str]:
    """The lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip() and line.strip()[0] not in "#;"]


def _check_lines(candidate: Path, pattern: re.Pattern[str]) -> None:
    for line in lines_of(candidate.read_text()):
        if not pattern.fullmatch(line):
            raise ValueError(f"line {line!r}")
