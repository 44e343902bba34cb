"""``lab up`` from its saved databases, and what the control plane takes when it is up."""

import time

from lab import status
from lab.bench.rows import Row
from lab.down import down
from lab.laboratory import Laboratory
from lab.layout import DEFAULT_HOSTS
from lab.progress import Progress
from lab.up import up

_SECONDS = 30.0
_MEGABYTES = 4.5 * 1024


def rows(lab: Laboratory, progress: Progress) -> list[Row]:
    """Take the lab down with all that is in it, and bring it up again."""
    down(lab, progress, purge=True)
    began = time.perf_counter()
    up(lab, DEFAULT_HOSTS, progress)
    seconds = time.perf_counter() - began
    services, _ = status.memory_mib(lab)
    return [
        Row("lab up", seconds, _SECONDS, "s", f"{DEFAULT_HOSTS} compute hosts, from the saved databases, one run"),
        Row("lab memory", services, _MEGABYTES, "MiB", "all services, no guest"),
    ]
