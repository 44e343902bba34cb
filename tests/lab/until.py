"""Waiting for what a test wants to see, never longer than its deadline."""

import time
from collections.abc import Callable
from typing import Any

# Of an emulated guest, beside which those of the next module's stack boot. Nothing is measured by it.
BOOT_SECONDS = 600.0


def until(look: Callable[[], Any], wanted: Any = True, *, seconds: float) -> Any:
    """What a look gives: as soon as it is what is wanted, else what it gave last before the deadline."""
    deadline = time.monotonic() + seconds
    while (seen := look()) != wanted and time.monotonic() < deadline:
        time.sleep(0.5)
    return seen
