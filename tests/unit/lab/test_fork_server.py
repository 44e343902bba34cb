"""Can decide: that a fork runs what it was asked to, with what was imported. Cannot: a room (a root's affair)."""

import json
import os
import subprocess  # noqa: TID251 - only a real process forks
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import fork_servers
from lab.inside import fork_server
from lab.waiting import wait_for

# The real server in an interpreter of its own, but for the two things that the services' interpreter or root have.
_SERVER = """
from lab.inside import fork_server
fork_server._enter = lambda *handles: None
fork_server.entitle = lambda words: None
fork_server.main()
"""
_MODULE = "import os, signal\nIMPORTED_BY = os.getpid()\n"
_SCRIPT = """
import os, signal, sys, time
import weighty
print(weighty.IMPORTED_BY, os.getpid(), os.getsid(0), sys.argv[1:], dict(os.environ), __name__)
print(signal.getsignal(signal.SIGCHLD) is signal.SIG_DFL, flush=True)
time.sleep(60)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    (tmp_path / "weighty.py").write_text(_MODULE)
    (tmp_path / "script.py").write_text(_SCRIPT)
    path = os.pathsep.join([str(Path(__file__).parents[3]), str(tmp_path)])
    words = [sys.executable, "-c", _SERVER, str(tmp_path / "socket"), "weighty"]
    with subprocess.Popen(words, env={"PYTHONPATH": path, "ONLY": "the server's"}) as process:
        wait_for("server", lambda: None if (tmp_path / "socket").exists() else "it imports", timeout=20)
        yield process
        process.kill()


def _fork(folder: Path, handles: int = 6) -> tuple[bytes, int]:
    words = [sys.executable, str(folder / "script.py"), "--option"]
    request = json.dumps({"words": words, "environment": {"OWN": "1"}})
    with (folder / "log").open("ab") as log:
        return fork_servers.ask(folder / "socket", request, [log.fileno()] * handles)


def _said(folder: Path) -> list[str]:
    log = folder / "log"
    wait_for("script", lambda: None if len(log.read_text().splitlines()) > 1 else "silent", timeout=20)
    return log.read_text().splitlines()


def test_a_fork_runs_the_script_with_what_the_server_imported(server: subprocess.Popen[bytes], tmp_path: Path) -> None:
    answer, pid = _fork(tmp_path)
    try:
        said = _said(tmp_path)
        expected = f"{server.pid} {pid} {pid} ['--option'] {{'OWN': '1'}} __main__"
        assert answer == fork_server.STARTED
        assert said[0] == expected, "it must be a process of its own, with its own session, arguments and environment"
        assert said[1] == "True", "a service that waits for its children would wait in vain"
    finally:
        os.kill(pid, 9)


def test_the_end_of_the_server_is_not_the_end_of_its_forks(server: subprocess.Popen[bytes], tmp_path: Path) -> None:
    _, pid = _fork(tmp_path)
    try:
        server.kill()
        server.wait()
        _said(tmp_path)
        assert Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z", "the cloud would end with it"
    finally:
        os.kill(pid, 9)


def test_a_request_without_its_handles_gets_no_answer_and_harms_nobody(
    server: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    assert _fork(tmp_path, handles=1) == (b"", 0), "a process that nobody knows of must not run"
    answer, pid = _fork(tmp_path)
    os.kill(pid, 9)
    assert answer == fork_server.STARTED, "the next service waits for it"
    assert server.poll() is None


def test_a_server_that_is_gone_is_said(tmp_path: Path) -> None:
    (tmp_path / "script.py").touch()
    answer, pid = _fork(tmp_path)
    assert (answer != b"", pid) == (True, 0), "the error must say what went wrong"
