"""The guests of a stack while they come up: they have their own share of the processors, and then an even one."""

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
    up = threading.Event()
    new: set[str] = set()

    def watch() -> None:
        while not up.wait(_LOOK_SECONDS):
            new.update(_servers(layout, stack) - before)
            priority.give(new, share())
        priority.give(new, priority.EVEN)

    watcher = threading.Thread(target=watch, name=f"{stack} comes up")
    watcher.start()
    try:
        yield
    finally:
        up.set()
        watcher.join()


def _servers(layout: Layout, stack: str) -> set[str]:
    try:
        return guests.servers(layout, stack)
    except LabError:  # the next look will do
        return set()
