"""The lab's namespaces: one holder, and the rooms in it.

The holder is the init of a PID namespace; ending it makes the kernel kill everything in the lab, and with the last
process of a room go its network and mount namespaces. A room is one process that keeps network, mount and UTS
namespaces of its own, with a private /run (Neutron keeps its namespaces' names there) and its own /etc/hosts.
What runs in a room is none of this module's business.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

from lab.commands import run
from lab.errors import LabError
from lab.layout import Layout
from lab.processes import Processes, Record
from lab.waiting import wait_for

_HOLDER = "holder"

# An init that ignores SIGCHLD lets the kernel reap orphans; a shell cannot ignore it, Python can, and the ignored
# signal survives exec.
_INIT = "import os, signal; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execvp('sleep', ['sleep', 'infinity'])"
_SETTLE_HOLDER = 'mount -t proc proc /proc && exec "$@"'
_SETTLE_ROOM = """
set -e
hostname "$1"
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/netns /run/lock
mount -t tmpfs tmpfs /run/netns
mount --make-shared /run/netns
mount --bind "$2" /etc/hosts
shift 2
while [ $# -gt 0 ]; do
  test -e "$2" || mkdir -p "$2"
  mount --bind "$1" "$2"
  shift 2
done
ip link set lo up
touch /run/settled
"""


class Rooms:
    """The rooms of one lab."""

    def __init__(self, layout: Layout, processes: Processes) -> None:
        self._layout = layout
        self._processes = processes

    def ensure_holder(self) -> Record:
        """The init of the lab's PID namespace."""
        init = [sys.executable, "-I", "-S", "-c", _INIT]
        outer = ["unshare", "--pid", "--mount", *propagation(), "--"]
        record = self._processes.ensure(_HOLDER, ["sh", "-c", _SETTLE_HOLDER, "holder", *init], enter=outer)
        # Only the last of the programs it becomes has a /proc of its own, which the rooms are to inherit.
        wait_for("lab holder", lambda: _not_yet(record, "sleep"), timeout=10, interval=0.02)
        return record

    def ensure(self, room: str, binds: Mapping[Path, Path] | None = None) -> None:
        """A room that is ready to be entered.

        ``binds`` puts files and folders of ours (keys) over the machine's (values), in this room alone.
        """
        holder = self.ensure_holder()
        half_made = self._processes.find(f"room-{room}")
        if half_made is not None:
            if _settled(half_made):
                return
            half_made.end()  # an interrupt left it so; its mounts cannot be made twice
        record = self._processes.ensure(
            f"room-{room}",
            ["unshare", "-n", "-m", "-u", *propagation(), "--", "sleep", "infinity"],
            enter=_enter(holder, "-m", "-p"),
        )
        wait_for(
            f"room {room}",
            lambda: None if _namespace(record, "net") != _namespace(holder, "net") else "no namespace yet",
            timeout=10,
            interval=0.02,
        )
        hosts = self._layout.etc / room / "hosts"
        hosts.parent.mkdir(parents=True, exist_ok=True)
        hosts.write_text(f"127.0.0.1 localhost {room}\n")
        pairs = [str(path) for pair in (binds or {}).items() for path in pair]
        run(self._words(record, "sh", "-c", _SETTLE_ROOM, "settle", room, str(hosts), *pairs))

    def cable(self, room: str, nic: str, other_room: str, other_nic: str, mtu: int) -> None:
        """A veth between two rooms, both ends up, unless it is there.

        Checksum offload is off: the userspace datapath passes the half-made checksums of a veth on as they are.
        """
        here, there = self._record(f"room-{room}"), self._record(f"room-{other_room}")
        inside = ["nsenter", "-t", str(here.pid), "-n", "--"]  # no PID namespace: ip takes the other room by its pid
        if run([*inside, "ip", "link", "show", nic], check=False).returncode == 0:
            return
        peer = ["peer", "name", other_nic, "mtu", str(mtu), "netns", str(there.pid)]
        run([*inside, "ip", "link", "add", nic, "mtu", str(mtu), "type", "veth", *peer])
        for record, name in ((here, nic), (there, other_nic)):
            network = ["nsenter", "-t", str(record.pid), "-n", "--"]
            run([*network, "ethtool", "-K", name, "tx", "off"])
            run([*network, "ip", "link", "set", name, "up"])

    def names(self) -> list[str]:
        """The rooms that are there now."""
        records = self._processes.all()
        return [r.name.removeprefix("room-") for r in records if r.name.startswith("room-") and r.alive()]

    def enter_words(self, room: str | None) -> list[str]:
        """The words that start a process in a room; None is the lab on the machine's own network.

        For ``Processes.ensure``: the process started directly stays in the machine's PID namespace, its children
        are in the lab's.
        """
        if room is None:
            return _enter(self._record(_HOLDER), "-m", "-p")
        return _enter(self._record(f"room-{room}"), "-m", "-p", "-n", "-u")

    @contextlib.contextmanager
    def handles(self, room: str) -> Generator[list[int]]:
        """What makes a room, open, in the order in which a process enters it.

        Its network, UTS and mount namespaces, its root folder and its working folder; for one that is in the lab's PID
        namespace already.
        """
        place = Path(f"/proc/{self._record(f'room-{room}').pid}")
        with contextlib.ExitStack() as opened:
            handles: list[int] = []
            for part in ("ns/net", "ns/uts", "ns/mnt", "root", "cwd"):
                handles.append(os.open(place / part, os.O_RDONLY | os.O_CLOEXEC))
                opened.callback(os.close, handles[-1])
            yield handles

    def run(
        self, room: str, argv: Sequence[str | Path], *, timeout: float = 60, check: bool = True, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in a room to its end."""
        words = self._words(self._record(f"room-{room}"), *(str(word) for word in argv))
        return run(words, timeout=timeout, check=check, env=more)

    def exec_words(self, room: str, argv: Sequence[str]) -> list[str]:
        """The whole command line that runs ``argv`` in a room, for a caller that connects it to a terminal."""
        return self._words(self._record(f"room-{room}"), *argv)

    def end(self) -> None:
        """End everything that is in the lab, and wait for the end."""
        holder = self._processes.find(_HOLDER)
        if holder is not None:
            holder.end()
        for record in list(self._processes.all()):
            self._processes.forget(record.name)

    def _record(self, name: str) -> Record:
        record = self._processes.find(name)
        if record is None:
            raise LabError(
                f"lab {name.removeprefix('room-')}",
                "it does not run",
                "a lab that is up",
                "run `vipstack lab up`; `vipstack lab status` shows what runs",
            )
        return record

    @staticmethod
    def _words(record: Record, *argv: str) -> list[str]:
        return [*_enter(record, "-m", "-p", "-n", "-u", fork=True), *argv]


def _enter(record: Record, *namespaces: str, fork: bool = False) -> list[str]:
    # -r and -w: without them a lab in a chroot would find itself in the machine's root folder.
    return ["nsenter", "-t", str(record.pid), *namespaces, "-r", "-w", *([] if fork else ["-F"]), "--"]


def _namespace(record: Record, kind: str) -> str:
    with contextlib.suppress(OSError):
        return str(Path(f"/proc/{record.pid}/ns/{kind}").readlink())
    return ""


def _not_yet(record: Record, program: str) -> str | None:
    seen = Path(f"/proc/{record.pid}/comm").read_text().strip() if record.alive() else "nothing"
    return None if seen == program else f"it is {seen!r}, not yet {program!r}"


def _settled(record: Record) -> bool:
    return Path(f"/proc/{record.pid}/root/run/settled").exists()


def propagation() -> Sequence[str]:
    """How new mount namespaces relate to their parent: private, so that no mount of ours is seen outside.

    In a chroot "/" is not a mount point and cannot be made private; there the parent's own setting stays.
    """
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    at_root = any(line.split()[4] == "/" for line in mounts)
    return ("--propagation", "private" if at_root else "unchanged")
