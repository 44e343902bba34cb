"""How much processor time work takes, on a machine that does other work too.

Its other processes slow down any single measurement, up to twice where two threads share a core; so the best of
several counts, and what is compared is measured side by side.
"""

import math
import time
from collections.abc import Callable, Iterable

Work = Callable[[], object]


def seconds(work: Work, enough: float) -> float:
    """Processor time, the best of three; who takes less than is ``enough`` is not asked again."""
    return _best((_once(work) for _ in range(3)), enough)


def growth(twice: Work, once: Work, enough: float) -> float:
    """How many times as long the one takes as the other, the best of five pairs; ``enough`` as above."""
    return _best((_once(twice) / _once(once) for _ in range(5)), enough)


def _best(figures: Iterable[float], enough: float) -> float:
    best = math.inf
    for figure in figures:
        best = min(best, figure)
        if best < enough:
            break
    return best


def _once(work: Work) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin
