"""Names what a machine lacks before the lab starts on it, each with its remedy: pure judgement, and its table.

The looking is examination.py's, so that every verdict is tested on recordings. Nothing is mended here: what the
operator's machine becomes is the operator's decision.
"""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from lab.examination import Examination, examine
from lab.layout import Layout

MEMORY_MIB = 7 * 1024  # 4.1 GB of services on three hosts, four guests of 0.45 GB, and room to build
DISK_MIB = 8 * 1024  # 0.6 GB of services, 0.3 GB of images and 1.5 GB to build them, guests, logs
PROCESSORS = 2  # one is not enough for emulated guests to hold a failover promise
_PYTHON = (3, 11)


@dataclass(frozen=True)
class Verdict:
    """One thing the lab needs: what was seen, what is wanted and why, and what to do where it is missing."""

    need: str
    fine: bool
    seen: str
    wanted: str
    remedy: str


def judge(seen: Examination) -> tuple[Verdict, ...]:
    """Everything the lab needs of a machine, in the order in which to mend it.

    While the lab runs, what it uses itself (memory, ports) is not held against the machine.
    """
    return (
        Verdict(
            "root",
            seen.user_id == 0,
            f"user id {seen.user_id}",
            "user id 0: the lab makes namespaces, bridges and taps",
            "run it as root, or with sudo",
        ),
        Verdict(
            "Debian 12 on x86-64",
            seen.release == "debian 12" and seen.machine == "x86_64",
            f"{seen.release}, {seen.machine}",
            "debian 12, x86_64: services and guests are tried with its packages only",
            "use such a machine, a virtual one, or a root folder made by mmdebstrap with chroot",
        ),
        Verdict(
            "Python",
            seen.python >= _PYTHON,
            ".".join(map(str, seen.python)),
            "3.11 or later",
            "use Debian 12's /usr/bin/python3: `apt-get install python3-venv`",
        ),
        Verdict(
            "processors",
            seen.processors >= PROCESSORS,
            str(seen.processors),
            f"{PROCESSORS} or more: guests are emulated, one takes one",
            "give the machine more processors",
        ),
        Verdict(
            "memory",
            seen.lab_runs or seen.memory_mib >= MEMORY_MIB,
            f"{seen.memory_mib} MiB available",
            f"{MEMORY_MIB} MiB: services on three hosts and four guests",
            "end what uses it, give the machine more, or take fewer hosts: `vipstack lab up --hosts 1`",
        ),
        Verdict(
            "disk",
            seen.disk_mib >= DISK_MIB,
            f"{seen.disk_mib} MiB free in {seen.lab_home}",
            f"{DISK_MIB} MiB: services, images and their building, guests",
            "free some, or name another folder in VIPSTACK_LAB_HOME",
        ),
        Verdict(
            "/dev/net/tun",
            not seen.tun,
            seen.tun or "opens",
            "a device that opens: guests' NICs are taps",
            "mkdir -p /dev/net && mknod /dev/net/tun c 10 200; in a container, pass the device in",
        ),
        Verdict(
            "namespaces",
            not seen.rooms,
            seen.rooms or "can be made",
            "network, mount, UTS and PID namespaces with mounts, veth and bridge: a compute host is such a set",
            "in a container, give it CAP_SYS_ADMIN and CAP_NET_ADMIN (--privileged); make a chroot's root a mount "
            "(mount --bind ROOT ROOT); else load veth and bridge",
        ),
        Verdict(
            "apt",
            not seen.apt,
            seen.apt or "its sources answer",
            "every source of this machine's apt answers: services and guests install from them",
            "run `apt-get update` and mend what it names; behind a proxy set Acquire::http::Proxy",
        ),
        Verdict(
            "pip",
            not seen.pip,
            seen.pip or "its index answers",
            "pip of this Python reaches its index: OpenStack comes from there",
            "run `python3 -m pip index versions pip` and mend what it names; `pip config` sets another index",
        ),
        Verdict(
            "ports",
            seen.lab_runs or not seen.busy_ports,
            _ports(seen),
            "the APIs' ports on 127.0.0.1, where every OpenStack client finds them",
            "see who listens with `ss -ltnp`, and end it",
        ),
    )


def _ports(seen: Examination) -> str:
    if not seen.busy_ports:
        return "free"
    by = "by the running lab" if seen.lab_runs else "by others"
    return f"in use {by}: {', '.join(map(str, seen.busy_ports))}"


def table(verdicts: tuple[Verdict, ...]) -> Table:
    """One row a need; wanted and remedy only where something is missing."""
    shown = Table(box=None, pad_edge=False)
    for heading in ("", "needs", "seen"):
        shown.add_column(heading, overflow="fold")
    for verdict in verdicts:
        shown.add_row("ok" if verdict.fine else "MISSING", verdict.need, verdict.seen)
        if not verdict.fine:
            shown.add_row("", "", f"expected: {verdict.wanted}")
            shown.add_row("", "", f"do: {verdict.remedy}")
    return shown


def missing(layout: Layout) -> tuple[Verdict, ...]:
    """What this machine lacks; empty where the lab can start."""
    return tuple(verdict for verdict in judge(examine(layout)) if not verdict.fine)


def doctor(layout: Layout, console: Console) -> int:
    """Print the table; the exit status: 0 where nothing is missing, 1 otherwise."""
    verdicts = judge(examine(layout))
    console.print(table(verdicts), markup=False)
    lacking = sum(not verdict.fine for verdict in verdicts)
    console.print(f"{lacking} of {len(verdicts)} missing" if lacking else "nothing is missing: `vipstack lab up`")
    return 1 if lacking else 0
