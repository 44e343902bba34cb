"""The lab's own life: start, mending, end. Price: four minutes, 3 GB and both cores.

Can decide: that a start ends with a usable cloud, that a second one mends what died, that an end leaves nothing on
the machine, and that a lab without state starts from saved databases. Cannot: the first use (it installs packages; a
bare machine shows that).

Runs a second lab beside the one the other tests use, in a network namespace of its own, so that their APIs do not
meet on 127.0.0.1; interpreter, images and saved databases are borrowed from the first.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.layout import Layout

_UP_SECONDS = 600


@dataclass(frozen=True)
class SecondLab:
    """A lab in a machine-like network namespace."""

    layout: Layout
    machine: int  # the process that keeps the namespace

    def inside(self, *argv: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """A command on the machine the second lab takes itself to be on."""
        words = ["nsenter", "-t", str(self.machine), "-n", "--", *argv]
        environment = {**os.environ, "VIPSTACK_LAB_HOME": str(self.layout.home)}
        return subprocess.run(words, env=environment, capture_output=True, text=True, timeout=timeout, check=False)

    def vipstack(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """``vipstack lab ...`` as an operator types it."""
        return self.inside(sys.executable, "-m", "vipstack", "lab", *argv, timeout=_UP_SECONDS)

    def pid(self, process: str) -> int:
        """The recorded pid of one of the lab's processes."""
        return int(json.loads((self.layout.run / "processes" / f"{process}.json").read_text())["pid"])

    def left_behind(self) -> list[str]:
        """Processes of this lab's that still run, by their command lines."""
        mine = str(self.layout.home).encode()
        found: list[str] = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                command = (process / "cmdline").read_bytes()
            except OSError:
                continue  # it ended meanwhile
            if mine in command:
                found.append(command.replace(b"\0", b" ").decode(errors="replace"))
        return found


@pytest.fixture(scope="module")
def second() -> Iterator[SecondLab]:
    first = Layout.of_environment()
    home = Path(tempfile.mkdtemp(prefix="lab-", dir="/var/tmp"))  # short: unix sockets' paths end at 108 characters
    (home / "venv").symlink_to(first.venv)
    for folder in ("images", "mirror"):
        (home / folder).symlink_to(first.home / folder)
    shutil.copytree(first.saved, home / "saved")
    machine = subprocess.Popen(["unshare", "--net", "sh", "-c", "ip link set lo up && exec sleep infinity"])
    lab = SecondLab(Layout(home), machine.pid)
    try:
        yield lab
    finally:
        lab.vipstack("down", "--purge")
        machine.kill()
        machine.wait()
        shutil.rmtree(home)


@pytest.mark.timeout(1500)
def test_a_lab_starts_mends_itself_and_leaves_nothing(second: SecondLab) -> None:
    mounts = Path("/proc/self/mountinfo").read_text()

    started = second.vipstack("up", "--hosts", "1")
    assert started.returncode == 0, started.stdout + started.stderr
    running = second.vipstack("status")
    assert running.returncode == 0, running.stdout
    assert second.vipstack("exec", "host1", "hostname").stdout == "host1\n", "a room must carry its host's name"

    os.kill(second.pid("nova-conductor"), signal.SIGKILL)
    assert second.vipstack("status").returncode == 1, "a dead service must show"
    mended = second.vipstack("up", "--hosts", "1")
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert second.vipstack("status").returncode == 0, "a second start starts what is missing"

    ended = second.vipstack("down")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert second.left_behind() == [], "a process outlived the lab"
    assert Path("/proc/self/mountinfo").read_text() == mounts, "a mount outlived the lab"
    links = json.loads(second.inside("ip", "-json", "link").stdout)
    assert [link["ifname"] for link in links] == ["lo"], "a bridge, veth or tap outlived the lab"
    assert second.vipstack("status").returncode == 1, "a lab that is down must say so"


@pytest.mark.timeout(1500)
def test_a_lab_without_state_starts_from_the_saved_databases(second: SecondLab) -> None:
    assert second.vipstack("down", "--purge").returncode == 0, "down must be possible when nothing runs"
    assert not second.layout.state.exists(), "--purge keeps nothing of the cloud"
    started = second.vipstack("up", "--hosts", "1")
    assert started.returncode == 0, started.stdout + started.stderr
    assert "making databases" not in started.stderr, "every start from nothing would take a minute more"
