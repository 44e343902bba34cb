"""Waiting for what another process or a guest does: ``until`` fails and says for what, ``last_seen`` answers."""

import time
from collections.abc import Callable
from typing import Any, Protocol

# Of an emulated guest, beside which those of the next module's stack boot. Nothing is measured by it.
BOOT_SECONDS = 600.0


class Process(Protocol):
    """One that was started."""

    def poll(self) -> int | None:
        """None for as long as it runs."""


def until(
    met: Callable[[], object],
    what: str,
    *,
    seconds: float,
    process: Process | None = None,
    said: Callable[[], str] = str,
) -> None:
    """Return once a condition is met. Fails after so many seconds or with the process, and tells what was ``said``."""
    deadline = time.monotonic() + seconds
    while not met():
        assert process is None or process.poll() is None, f"the process ended before {what}\n{said()}"
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}\n{said()}"
        time.sleep(0.1)


def last_seen(look: Callable[[], Any], wanted: Any = True, *, seconds: float) -> Any:
    """What a look gives: as soon as it is what is wanted, else what it gave last before the deadline."""
    deadline = time.monotonic() + seconds
    while (seen := look()) != wanted and time.monotonic() < deadline:
        time.sleep(0.5)
    return seen
