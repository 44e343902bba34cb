"""Which guests go first: the machines of some servers can be given more or less of the processors than all others.

An emulated guest takes minutes of a processor to boot, and its neighbours' failovers are measured meanwhile. Less, and
not what the others leave: a guest that starves gives up what it waits for.
"""

import contextlib
import os
from collections.abc import Collection
from pathlib import Path

# Niceness, sched(7): the weights are as twelve to three to one.
FIRST, EVEN, BEHIND = -6, 0, 5


def set_niceness(servers: Collection[str], niceness: int) -> int:
    """Give the machines of these servers (by id) a niceness; how many of them were found.

    A machine that is not there yet is not waited for, and one that ends meanwhile is no error.
    """
    machines = [pid for pid in _processes() if _server(pid) in servers]
    for pid in machines:
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(task.name), niceness)
            # Where the kernel groups processes by session (autogroup, sched(7)), a thread's niceness counts within the
            # group alone, and libvirt gives each machine a session of its own.
            Path(f"/proc/{pid}/autogroup").write_text(str(niceness), encoding="ascii")
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
