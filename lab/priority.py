"""Which guests go first, and in what turns: the machines of some servers can be given their share of the processors.

An emulated guest takes minutes of a processor to boot, and its neighbours' failovers are measured meanwhile. Less, and
not what the others leave: a guest that starves gives up what it waits for. Its turns are long, for each begins with
caches that another emptied: of four guests that boot on two processors each takes a quarter less of them, of six more.
Who has short turns need not wait for the end of a long one.
"""

import contextlib
import ctypes
import os
import platform
import struct
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

# sched_setattr(2), which no library of Debian's knows: its number, and the size of the structure's first version.
_SCHED_SETATTR = {"x86_64": 314, "aarch64": 274}
_SIZE = 48


@dataclass(frozen=True)
class Share:
    """A share of the processors.

    Attributes:
        niceness: sched(7); five more are a third of the weight.
        turn: for how many seconds at a stretch, at most 0.1; 0 is the kernel's own few thousandths. A kernel older than
            6.12 hears it and keeps its own.
    """

    niceness: int
    turn: float = 0.0


FIRST, EVEN = Share(-6), Share(0)
COMING_UP, BEHIND = Share(0, turn=0.06), Share(5, turn=0.06)


def give(servers: Collection[str], share: Share) -> int:
    """Give the machines of these servers (by id) a share; how many of them were found.

    A machine that is not there yet is not waited for, and one that ends meanwhile is no error.
    """
    machines = [pid for pid in _processes() if _server(pid) in servers]
    for pid in machines:
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                _give_task(int(task.name), share)
            # Where the kernel groups processes by session (autogroup, sched(7)), a thread's niceness counts within the
            # group alone, and libvirt gives each machine a session of its own.
            Path(f"/proc/{pid}/autogroup").write_text(str(share.niceness), encoding="ascii")
    return len(machines)


def _give_task(task: int, share: Share) -> None:
    policy = os.SCHED_BATCH if share.turn else os.SCHED_OTHER
    number = _SCHED_SETATTR.get(platform.machine())
    if number is None:
        os.sched_setscheduler(task, policy, os.sched_param(0))
        os.setpriority(os.PRIO_PROCESS, task, share.niceness)
        return
    turn = int(share.turn * 1e9)
    attributes = struct.pack("=IIQiIQQQ", _SIZE, policy, 0, share.niceness, 0, turn, 0, 0)
    if ctypes.CDLL(None, use_errno=True).syscall(number, task, attributes, 0):
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _server(pid: int) -> str | None:
    """The server whose machine a process is: libvirt hands QEMU Nova's id."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return None
    return words[words.index("-uuid") + 1] if "qemu" in words[0] and "-uuid" in words else None
