"""The machines of some servers stand behind the others, and have longer turns."""

import os
import subprocess  # noqa: TID251 - a niceness is a real process's
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


def shares(pid: int) -> set[tuple[int, int]]:
    return {(os.sched_getscheduler(thread), os.getpriority(os.PRIO_PROCESS, thread)) for thread in threads(pid)}


def test_every_thread_of_the_machine_steps_back_and_forward_again(machine):
    assert priority.give({SERVER}, priority.BEHIND) == 1
    assert shares(machine) == {(os.SCHED_BATCH, 5)}

    priority.give({SERVER}, priority.EVEN)
    assert shares(machine) == {(os.SCHED_OTHER, 0)}


def test_a_guest_that_comes_up_has_long_turns_and_an_even_weight(machine):
    priority.give({SERVER}, priority.COMING_UP)
    assert shares(machine) == {(os.SCHED_BATCH, 0)}


def test_where_the_systems_call_has_no_number_the_kernel_measures_the_turns(machine, monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    priority.give({SERVER}, priority.BEHIND)
    assert shares(machine) == {(os.SCHED_BATCH, 5)}


def test_another_servers_machine_stays_as_it_is(machine):
    before = shares(machine)
    assert priority.give({"another"}, priority.BEHIND) == 0

    assert shares(machine) == before


def test_it_steps_back_also_where_the_kernel_shares_time_out_by_session(machine):
    group = Path(f"/proc/{machine}/autogroup")
    if not group.exists():
        pytest.skip("this kernel has no autogroups, and there a thread's niceness is enough")

    priority.give({SERVER}, priority.BEHIND)
    assert group.read_text().endswith("nice 5\n"), "in a group of its own it would have as much as all others"

    priority.give({SERVER}, priority.EVEN)
    assert group.read_text().endswith("nice 0\n")
