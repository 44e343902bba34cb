"""Waiting for what another process does."""

import subprocess
import time
from collections.abc import Callable


def until(
    met: Callable[[], object],
    what: str,
    *,
    seconds: float,
    process: subprocess.Popen[str] | subprocess.Popen[bytes] | None = None,
    said: Callable[[], str] = str,
) -> None:
    """Return once a condition is met. Fails after so many seconds or with the process, and tells what was ``said``."""
    deadline = time.monotonic() + seconds
    while not met():
        assert process is None or process.poll() is None, f"the process ended before {what}\n{said()}"
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}\n{said()}"
        time.sleep(0.1)
