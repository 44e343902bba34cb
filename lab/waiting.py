"""Waiting for a condition with a deadline, and saying what was seen last."""

import time
from collections.abc import Callable

from lab.commands import stop_if_interrupted
from lab.errors import LabError


def wait_for(what: str, look: Callable[[], str | None], *, timeout: float, interval: float = 0.2) -> None:
    """Call ``look`` until it returns None; it returns what is still amiss otherwise.

    Raises ``LabError`` with the last thing seen after ``timeout`` seconds.
    """
    deadline = time.monotonic() + timeout
    while (seen := look()) is not None:
        if time.monotonic() > deadline:
            raise LabError(
                what,
                f"not there after {timeout:g} s; last seen: {seen}",
                "it comes within its deadline on an idle machine",
                "look into the logs named above and for load on the machine, then run the same again",
            )
        stop_if_interrupted()
        time.sleep(interval)
