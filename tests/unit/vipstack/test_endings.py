"""Interrupts, sent to a process that was started as shells start one in the foreground and in the background."""

import signal
import subprocess  # noqa: TID251 - only a real process is interrupted
import sys

import pytest

from vipstack.endings import INTERRUPTED

WAITING = """
import typer
from lab.waiting import wait_for
from vipstack.endings import in_good_order
app = typer.Typer()
@app.command()
def command():
    with in_good_order("nothing is lost"):
        print("waiting", flush=True)
        wait_for("what never comes", lambda: "nothing", timeout=300)
app()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("start", ["exec", "trap '' INT; exec"], ids=["foreground", "background"])
def test_a_waiting_command_ends_when_it_is_interrupted(start: str, number: signal.Signals) -> None:
    words = ["sh", "-c", f'{start} "$@"', "sh", sys.executable, "-c", WAITING]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(number)
        try:
            assert process.communicate(timeout=30)[1] == "interrupted; nothing is lost\n"
            assert process.returncode == INTERRUPTED
        finally:
            process.kill()
