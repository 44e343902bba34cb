"""The share of the processors that a stack's guests have while they come up, or while they are measured; even after it.

Guests come and go meanwhile, so who has the share is looked at again and again. How it is given: ``lab.priority``.
"""

import contextlib
import threading
from collections.abc import Callable, Generator

from lab import guests, priority
from lab.errors import LabError
from lab.layout import Layout
from lab.priority import Share

_LOOK_SECONDS = 4


@contextlib.contextmanager
def coming_up(layout: Layout, stack: str, share: Callable[[], Share] = lambda: priority.COMING_UP) -> Generator[None]:
    """Within it each guest that the stack did not have before has the share, which may change meanwhile."""
    before = _servers(layout, stack)
    with _shared(lambda: _servers(layout, stack) - before, share):
        yield


@contextlib.contextmanager
def measured(layout: Layout, stack: str) -> Generator[None]:
    """Within it all guests of the stack go before the cloud that they run on, also those that are booted anew."""
    with _shared(lambda: _servers(layout, stack), lambda: priority.FIRST):
        yield


@contextlib.contextmanager
def _shared(whose: Callable[[], set[str]], share: Callable[[], Share]) -> Generator[None]:
    over = threading.Event()
    seen: set[str] = set()

    def watch() -> None:
        while True:
            seen.update(whose())
            priority.give(seen, share())
            if over.wait(_LOOK_SECONDS):
                break
        priority.give(seen, priority.EVEN)

    watcher = threading.Thread(target=watch, name="shares of the processors")
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def _servers(layout: Layout, stack: str) -> set[str]:
    try:
        return guests.servers(layout, stack)
    except LabError:  # the next look will do
        return set()
