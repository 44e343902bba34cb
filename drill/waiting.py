"""Waiting for a condition, never longer than its deadline, and saying what was seen last."""

import time
from collections.abc import Callable
from typing import TypeVar

from drill.errors import DrillError

INTERVAL = 1.0  # seconds between two looks: each is a call of the cloud's API

Found = TypeVar("Found")


class NotYetError(Exception):
    """The condition does not hold yet; the text is what was seen instead."""


def wait_for(  # noqa: PLR0913 - an error's parts, and the wait's
    where: str,
    look: Callable[[], Found],
    *,
    seconds: float,
    allowed: str,
    remedy: str,
    interval: float = INTERVAL,
) -> Found:
    """What ``look`` returns, as soon as it no longer raises ``NotYetError``.

    Raises:
        DrillError: after ``seconds``, with what was seen last.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            return look()
        except NotYetError as seen:
            if time.monotonic() >= deadline:
                raise DrillError(where, f"after {seconds:g} s: {seen}", allowed, remedy) from None
        time.sleep(interval)
