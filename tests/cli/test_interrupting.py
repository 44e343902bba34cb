"""What is told of an interrupt ends by itself, and is told once."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from toolchain import begun

# Takes longer to end than subprocess would give it, and writes down how often it was told.
WORKER = """
import pathlib, signal, sys, time
told = []
signal.signal(signal.SIGINT, lambda *_: told.append(1))
print("ready", flush=True)
while not told:
    time.sleep(0.01)
time.sleep(1)
pathlib.Path(sys.argv[1]).write_text(f"told {len(told)}")
"""
# Who runs in the background of a shell without job control ignores SIGINT, unless it says otherwise.
BEGINNER = f"""
import os, pathlib, signal, sys
from toolchain import begun
signal.signal(signal.SIGINT, signal.default_int_handler)
with begun([sys.executable, "-c", {WORKER!r}, sys.argv[1]], cwd=pathlib.Path(), env=os.environ, piped=False) as process:
    process.wait()
"""


def test_an_interrupt_waits_for_the_end(tmp_path: Path) -> None:
    written = tmp_path / "told"
    with subprocess.Popen(
        [sys.executable, "-c", BEGINNER, str(written)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as beginner:
        assert beginner.stdout
        assert beginner.stdout.readline() == "ready\n"
        # As a terminal does: to all that are in its foreground.
        os.killpg(beginner.pid, signal.SIGINT)
        assert "KeyboardInterrupt" in beginner.communicate(timeout=20)[1]
    assert written.read_text() == "told 1", "a CLI that is told twice drops what it does"


def test_what_outlives_its_deadline_is_told_too(tmp_path: Path) -> None:
    written = tmp_path / "told"
    command = [sys.executable, "-c", WORKER, str(written)]

    def outlived() -> None:
        with begun(command, cwd=tmp_path, env=os.environ, piped=True) as process:
            assert process.stdout
            process.stdout.readline()
            process.communicate(timeout=0.1)

    with pytest.raises(subprocess.TimeoutExpired):
        outlived()
    assert written.read_text() == "told 1"


def test_what_another_thread_begins_hears_the_terminal_itself(tmp_path: Path) -> None:
    def group() -> int:
        command = [sys.executable, "-c", "import os; print(os.getpgrp())"]
        with begun(command, cwd=tmp_path, env=os.environ, piped=True) as process:
            return int(process.communicate()[0])

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(group).result() == os.getpgrp()
    assert group() != os.getpgrp()
