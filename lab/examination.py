"""Looks at a machine before the lab starts on it, and changes nothing; what follows from it is doctor.py's.

Every look has a deadline and ends in a value, never in an error: a machine that lacks something is the normal case.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lab.laboratory import Laboratory
from lab.layout import API_PORTS, Layout

_TUN = Path("/dev/net/tun")
# What a room and a compute host do (rooms.py, network.py); "ip" may not be installed yet.
_ROOM = (
    "mount -t proc proc /proc && mount -t sysfs sysfs /sys && mount -t tmpfs tmpfs /run && "
    "{ ! command -v ip >/dev/null || { ip link add v0 type veth peer name v1 && ip link add b0 type bridge; }; }"
)
# apt's Release files alone, into lists of our own: reaches every source and touches nothing.
_APT = (
    *("apt-get", "--quiet", "update", "-o", "APT::Get::List-Cleanup=false", "-o", "APT::Sandbox::User=root"),
    *("-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=15"),
    *("-o", "APT::Update::Error-Mode=any"),
    *(
        word
        for target in ("Packages", "Translations", "DEP-11", "Contents-deb")
        for word in ("-o", f"Acquire::IndexTargets::deb::{target}::DefaultEnabled=false")
    ),
)


@dataclass(frozen=True)
class Examination:
    """What was seen on a machine; a text is what a look said when it failed, empty where it went well."""

    user_id: int
    machine: str  # as uname says it: x86_64
    release: str  # "debian 12"
    python: tuple[int, int]
    processors: int
    memory_mib: int  # what is free or can be freed at once
    disk_mib: int  # free where the lab lives
    lab_home: str
    lab_runs: bool
    tun: str
    rooms: str
    apt: str
    pip: str
    busy_ports: tuple[int, ...]  # of those the lab wants on 127.0.0.1


def examine(layout: Layout) -> Examination:
    """Look at this machine; takes as long as the slower of the two registries, at most 90 s."""
    with ThreadPoolExecutor() as pool:
        apt = pool.submit(_apt)
        pip = pool.submit(_complaint, [sys.executable, "-m", "pip", "index", "versions", "pip"], 60)
        return Examination(
            user_id=os.geteuid(),
            machine=os.uname().machine,
            release=parse_release(_text("/etc/os-release")),
            python=sys.version_info[:2],
            processors=os.cpu_count() or 1,
            memory_mib=parse_available_memory(_text("/proc/meminfo")),
            disk_mib=_free_disk(layout.home),
            lab_home=str(layout.home),
            lab_runs=bool(Laboratory.at(layout).rooms.names()),
            tun=_tun(),
            rooms=_complaint(["unshare", "-n", "-m", "-u", "-p", "--fork", "sh", "-c", _ROOM], 20),
            apt=apt.result(),
            pip=pip.result(),
            busy_ports=tuple(port for port in sorted(API_PORTS.values()) if _is_busy(port)),
        )


def parse_release(text: str) -> str:
    """Name and version of the distribution from /etc/os-release, for example ``debian 12``."""
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    return f"{fields.get('ID', 'unknown')} {fields.get('VERSION_ID', '')}".replace('"', "").strip()


def parse_available_memory(text: str) -> int:
    """MiB from the line MemAvailable of /proc/meminfo."""
    for line in text.splitlines():
        name, _, rest = line.partition(":")
        if name == "MemAvailable":
            return int(rest.split()[0]) // 1024
    return 0


def parse_apt_errors(text: str) -> str:
    """The first trouble apt names, without its mark; empty where every source answered."""
    for line in text.splitlines():
        if line.startswith(("E: ", "Err:", "W: Failed")):
            return line.partition(" ")[2]
    return ""


def _apt() -> str:
    with tempfile.TemporaryDirectory() as lists:
        (Path(lists) / "partial").mkdir()
        return _complaint([*_APT, "-o", f"Dir::State::lists={lists}"], 90, judge=parse_apt_errors)


def _complaint(words: Sequence[str], timeout: float, judge: Callable[[str], str] | None = None) -> str:
    """What a command that failed said last, or what ``judge`` finds in it; empty where it went well."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=timeout, check=False)
    except FileNotFoundError:
        return f"there is no command {words[0]!r}"
    except subprocess.TimeoutExpired:
        return f"no answer within {timeout:g} s"
    if done.returncode == 0:
        return ""
    said = (done.stderr or done.stdout).strip()
    return (judge(said) if judge else "") or (said.splitlines() or [f"exit status {done.returncode}"])[-1]


def _tun() -> str:
    try:
        os.close(os.open(_TUN, os.O_RDWR))
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _is_busy(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _free_disk(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free // 2**20


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
