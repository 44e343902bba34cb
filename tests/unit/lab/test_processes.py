"""Can decide: when a record is believed, and that an ended process is ended. Cannot: namespaces (a root's affair)."""

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lab.errors import LabError
from lab.layout import Layout
from lab.processes import Processes


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    return Processes(Layout(tmp_path))


def test_a_process_is_started_once(processes: Processes) -> None:
    first = processes.ensure("sleeper", ["sleep", "60"], enter=[])
    try:
        assert processes.ensure("sleeper", ["sleep", "60"], enter=[]) == first, "a second copy would fight for its port"
        assert processes.find("sleeper") == first, "status would call it ended"
    finally:
        first.end()
    assert not first.alive(), "it was not ended"
    assert processes.find("sleeper") is None, "the next start would find a dead one"


def test_a_reused_pid_is_not_taken_for_ours(processes: Processes) -> None:
    record = processes.ensure("sleeper", ["sleep", "60"], enter=[])
    try:
        assert not replace(record, started=record.started - 1).alive(), "down would kill a stranger"
    finally:
        record.end()


def test_ending_takes_the_whole_session(processes: Processes, tmp_path: Path) -> None:
    child = tmp_path / "child"
    record = processes.ensure("parent", ["sh", "-c", f"sleep 60 & echo $! >{child}; wait"], enter=[])
    while not (child.exists() and child.read_text().strip()):
        assert record.alive(), "the parent ended early"
    record.end()
    stat = Path("/proc", child.read_text().strip(), "stat")
    deadline = time.monotonic() + 10
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < deadline, "a child outlived its service"


def test_grace_lets_a_process_end_by_itself(processes: Processes, tmp_path: Path) -> None:
    mark = tmp_path / "clean"
    ready = tmp_path / "ready"
    script = f'trap "touch {mark}; exit" TERM; touch {ready}; while :; do sleep 0.05; done'
    record = processes.ensure("polite", ["sh", "-c", script], enter=[])
    while not ready.exists():
        assert record.alive(), "it ended early"
    record.end(grace=10)
    assert mark.exists(), "a database would need recovery at its next start"


def test_the_log_begins_with_the_command_line(processes: Processes, tmp_path: Path) -> None:
    processes.ensure("sleeper", ["sleep", "0"], enter=[])
    assert (tmp_path / "log/sleeper.log").read_text().startswith("$ sleep 0\n"), "a log must say what it is of"


def test_an_early_end_is_told_with_the_logs_last_words(processes: Processes, tmp_path: Path) -> None:
    record = processes.ensure("bad", ["sh", "-c", "echo no such option >&2; exit 2"], enter=[])
    while record.alive():
        os.sched_yield()
    error = processes.died("bad")
    assert isinstance(error, LabError), "a traceback would reach the user"
    assert "no such option" in str(error), "the reason stands in the log"
    assert str(tmp_path / "log/bad.log") in str(error), "the reader must know where to look"
