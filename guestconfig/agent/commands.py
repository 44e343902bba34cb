"""Runs one of the guest's own programs, bounded in time, and keeps what it said."""

from __future__ import annotations

import shutil
import subprocess

from guestconfig.agent.guest import StepError

# An emulated guest on a busy machine was seen to need minutes for what takes a real one a second.
TIME_LIMIT = 240
LOG_LINES = 12


def is_installed(program: str) -> bool:
    """Whether the program is on the path."""
    return shutil.which(program) is not None


def run(arguments: list[str]) -> tuple[int, list[str]]:
    """Run it.

    Returns:
        Its exit code, and the lines of its output that say something; 124 when it took too long, 127 when it is not
        there.
    """
    try:
        done = subprocess.run(
            arguments,
            check=False,
            timeout=TIME_LIMIT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except FileNotFoundError:
        return 127, [f"{arguments[0]} is not installed"]
    except subprocess.TimeoutExpired:
        return 124, [f"{' '.join(arguments)} took longer than {TIME_LIMIT} s"]
    return done.returncode, [line for line in done.stdout.splitlines() if line.strip()]


def must(step: str, arguments: list[str]) -> None:
    """Run it for a step that fails with it.

    Raises:
        StepError: the exit code was not 0.
    """
    code, lines = run(arguments)
    if code:
        raise StepError(step, [f"`{' '.join(arguments)}` ended with {code}", *lines[-LOG_LINES:]])
