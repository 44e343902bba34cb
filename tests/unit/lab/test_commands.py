"""Can decide: deadlines, words of errors and the end on an interrupt. Cannot: the lab's own commands."""

import threading
import time

import pytest

from lab import commands
from lab.commands import Interrupted, run
from lab.errors import LabError


@pytest.fixture(autouse=True)
def _not_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_interrupted", threading.Event())


def test_output_holds_both_streams_in_order() -> None:
    assert run(["sh", "-c", "echo out; echo err >&2"]).stdout == "out\nerr\n", "an error's reason stands on stderr"


def test_a_failure_shows_the_last_words() -> None:
    with pytest.raises(LabError, match="exit status 3; last said:\n    the reason"):
        run(["sh", "-c", "echo the reason; exit 3"])


def test_a_missing_command_is_named() -> None:
    with pytest.raises(LabError, match="there is no command 'no-such-command'"):
        run(["no-such-command"])


def test_a_deadline_ends_the_command_and_its_children() -> None:
    began = time.monotonic()
    with pytest.raises(LabError, match=r"still running after 0\.3 s"):
        run(["sh", "-c", "sleep 30 & sleep 30"], timeout=0.3)
    assert time.monotonic() - began < 10, "a child held the pipe open"


def test_an_interrupt_ends_what_runs_and_lets_nothing_start() -> None:
    threading.Timer(0.3, commands.interrupt).start()
    with pytest.raises(LabError):
        run(["sleep", "30"])
    with pytest.raises(Interrupted):
        run(["true"])
