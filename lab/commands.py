"""Commands that run to their end: each with a deadline, each ended when the lab is interrupted.

Not here: processes that stay (processes.py), and the words for a namespace (rooms.py).
"""

import contextlib
import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.errors import LabError

_TAIL = 15  # lines of output that an error shows: enough for the last exception, short enough to read
_SHOWN = 200  # characters of a command line that an error shows
_running: set["subprocess.Popen[str]"] = set()
_running_lock = threading.Lock()
_interrupted = threading.Event()


class Interrupted(KeyboardInterrupt):
    """The operator interrupted: every worker ends at its next step, whichever thread heard of it."""


def run(  # noqa: PLR0913 - each parameter is one property of a command line
    argv: Sequence[str | Path],
    *,
    timeout: float = 60,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    cwd: Path | None = None,
    check: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; output is captured, stderr follows stdout.

    ``env`` is added to the environment. Raises ``LabError`` when the command is missing, fails (unless ``check``
    is off) or outlives ``timeout`` seconds; then its whole process group is killed.
    """
    stop_if_interrupted()
    words = [str(word) for word in argv]
    shown = shlex.join(words)
    if len(shown) > _SHOWN:
        shown = f"{shown[:_SHOWN]} ..."
    try:
        process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env={**os.environ, **(env or {})},
            cwd=cwd,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise LabError(
            shown,
            f"there is no command {error.filename!r}",
            "a command that the lab's system packages bring",
            "run `vipstack lab doctor`, then `vipstack lab up` again",
        ) from None
    with _running_lock:
        _running.add(process)
    try:
        output, _ = process.communicate(stdin, timeout=timeout)
    except subprocess.TimeoutExpired:
        _signal_group(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        raise LabError(
            shown,
            f"still running after {timeout:g} s; last said:\n{tail(output)}",
            "an end within its deadline",
            "look for load on the machine, then run the same again: it resumes",
        ) from None
    finally:
        with _running_lock:
            _running.discard(process)
    if check and process.returncode != 0:
        raise LabError(
            shown,
            f"exit status {process.returncode}; last said:\n{tail(output)}",
            "exit status 0",
            "mend what the last lines name, then run the same again: it resumes",
        )
    return subprocess.CompletedProcess(words, process.returncode, output, "")


def stop_if_interrupted() -> None:
    """Raise ``Interrupted`` once the operator has interrupted."""
    if _interrupted.is_set():
        raise Interrupted


def interrupt() -> None:
    """End every command that still runs and let no other start.

    By TERM: the package manager then stops where it can go on later.
    """
    _interrupted.set()
    with _running_lock:
        for process in _running:
            _signal_group(process.pid, signal.SIGTERM)


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, number)


def tail(text: str, lines: int = _TAIL) -> str:
    """The last lines of a text, indented as an error shows them."""
    return "\n".join(f"    {line}" for line in text.rstrip().splitlines()[-lines:])
