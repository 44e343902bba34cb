"""How much processor time work takes, on a machine that does other work too.

Its other processes slow down any single measurement, up to twice where two threads share a core; so the best of
several counts, and what is compared is measured side by side.
"""

import time
from collections.abc import Callable

Work = Callable[[], object]


def seconds(work: Work) -> float:
    """Processor time, the best of three."""
    return min(_once(work) for _ in range(3))


def growth(twice: Work, once: Work) -> float:
    """How many times as long the one takes as the other, the best of five pairs."""
    return min(_once(twice) / _once(once) for _ in range(5))


def _once(work: Work) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin
