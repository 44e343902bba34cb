"""Which guests go first: the machines of some servers can be told to run on what all others leave of the processors.

An emulated guest takes minutes of a processor to boot, and its neighbours' failovers are measured meanwhile.
"""

import contextlib
import os
from collections.abc import Collection
from pathlib import Path

LAST, NORMAL = os.SCHED_IDLE, os.SCHED_OTHER  # sched(7)

# Where the kernel groups processes by session (autogroup, sched(7)), a policy counts among those of one session alone,
# and libvirt gives each machine its own: against all others only the group's own niceness counts.
_NICENESS = {LAST: "19", NORMAL: "0"}


def set_policy(servers: Collection[str], policy: int) -> int:
    """Give the machines of these servers (by id) a scheduling policy; how many of them were found.

    A machine that is not there yet is not waited for, and one that ends meanwhile is no error.
    """
    machines = [pid for pid in _processes() if _server(pid) in servers]
    for pid in machines:
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                os.sched_setscheduler(int(task.name), policy, os.sched_param(0))
            Path(f"/proc/{pid}/autogroup").write_text(_NICENESS[policy], encoding="ascii")
    return len(machines)


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _server(pid: int) -> str | None:
    """The server whose machine a process is: libvirt hands QEMU Nova's id."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return None
    return words[words.index("-uuid") + 1] if "qemu" in words[0] and "-uuid" in words else None
