"""Waiting for what another process does, or a guest without a cloud: whoever waits in vain says for what."""

import time
from collections.abc import Callable
from typing import Protocol


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
