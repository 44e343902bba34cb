"""The machines of some servers run on what the others leave."""

import os
import subprocess  # noqa: TID251 - a policy is a real process's
import sys
import time
from pathlib import Path

import pytest

from lab import priority

SERVER = "0f5b1a52-0000-4000-8000-c54b9003017e"


def threads(pid: int) -> list[int]:
    return [int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()]


@pytest.fixture
def machine():
    """A process that looks like the server's QEMU, with a second thread."""
    program = "import threading, time; threading.Thread(target=time.sleep, args=(30,)).start()"
    words = ["qemu-system-x86_64", "-c", program, "-uuid", SERVER]
    # In a session of its own, as libvirt starts it.
    with subprocess.Popen(words, executable=sys.executable, start_new_session=True) as process:
        deadline = time.monotonic() + 10
        while len(threads(process.pid)) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        yield process.pid
        process.kill()


def test_every_thread_of_the_machine_goes_last(machine):
    assert priority.set_policy({SERVER}, priority.LAST) == 1

    assert {os.sched_getscheduler(thread) for thread in threads(machine)} == {os.SCHED_IDLE}


def test_another_servers_machine_stays_as_it_is(machine):
    assert priority.set_policy({"another"}, priority.LAST) == 0

    assert os.sched_getscheduler(machine) == os.SCHED_OTHER


def test_it_goes_last_also_where_the_kernel_shares_time_out_by_session(machine):
    group = Path(f"/proc/{machine}/autogroup")
    if not group.exists():
        pytest.skip("this kernel has no autogroups, and there a thread's policy is enough")

    priority.set_policy({SERVER}, priority.LAST)
    assert group.read_text().endswith("nice 19\n"), "as SCHED_IDLE in a group of its own it would have its half"

    priority.set_policy({SERVER}, priority.NORMAL)
    assert group.read_text().endswith("nice 0\n")
