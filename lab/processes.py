"""Processes that stay: started in a room, recorded by pid and start time, looked at, ended.

A record is believed only when a process with that pid *and* that start time lives, so a reused pid is never
taken for ours. Every process lives in the lab's PID namespace, whose end is the end of all (rooms.py).
"""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from lab.commands import stop_if_interrupted, tail
from lab.errors import LabError
from lab.layout import Layout
from lab.waiting import wait_for

# $1 is the log; the rest is the command. The shell stands outside the new PID namespace and sees its child's pid
# as the machine does; setsid makes the process the leader of a session of its own.
_LAUNCH = 'log=$1; shift; setsid -- "$@" </dev/null >>"$log" 2>&1 & echo $!'


@dataclass(frozen=True)
class Record:
    """A started process as the machine's own PID namespace names it."""

    name: str
    pid: int
    started: int  # field 22 of /proc/PID/stat, clock ticks since boot

    def alive(self) -> bool:
        """Whether this very process still runs; a zombie does not."""
        state = _state_of(self.pid)
        return state is not None and state[0] != "Z" and state[1] == self.started

    def began(self) -> datetime:
        """When it was started; the clock's own granularity is a second."""
        boot = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime "))
        return datetime.fromtimestamp(int(boot.split()[1]) + self.started // os.sysconf("SC_CLK_TCK"), UTC)

    def end(self, *, grace: float = 0) -> None:
        """End the process and its session: TERM, then KILL after ``grace`` seconds; without grace KILL at once."""
        if grace and self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGTERM)
            with contextlib.suppress(LabError):
                wait_for(self.name, lambda: "still running" if self.alive() else None, timeout=grace)
        if self.alive():
            # Both: just after its start the process is not yet the leader of its session.
            for kill in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError):
                    kill(self.pid, signal.SIGKILL)
            wait_for(self.name, lambda: "still running" if self.alive() else None, timeout=20)


class Processes:
    """The recorded processes of one lab."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._folder = layout.run / "processes"

    def all(self) -> Iterator[Record]:
        """Every record, dead or alive, by name."""
        for path in sorted(self._folder.glob("*.json")):
            yield Record(**json.loads(path.read_text()))

    def find(self, name: str) -> Record | None:
        """The living process of that name."""
        path = self._folder / f"{name}.json"
        if not path.exists():
            return None
        record = Record(**json.loads(path.read_text()))
        return record if record.alive() else None

    def ensure(
        self,
        name: str,
        argv: Sequence[str | Path],
        *,
        enter: Sequence[str],
        env: Mapping[str, str] | None = None,
    ) -> Record:
        """The running process of that name, started where it is not.

        ``enter`` are the words that put a command into its room (``Rooms.enter_words``). ``env`` is the whole
        environment, this process's own by default. The log is started anew.
        """
        words = [str(word) for word in argv]
        return self.ensure_by(
            name, argv, lambda log: _launch(name, [*enter, "sh", "-c", _LAUNCH, "launch", str(log), *words], env)
        )

    def ensure_by(self, name: str, argv: Sequence[str | Path], launch: Callable[[Path], int]) -> Record:
        """The same, started in the caller's way: ``launch`` starts it with that log, and says its pid."""
        if record := self.find(name):
            return record
        log = self._layout.log_of(name)
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"$ {shlex.join(str(word) for word in argv)}\n")
        self._folder.mkdir(parents=True, exist_ok=True)
        stop_if_interrupted()
        with _interrupts_held():
            pid = launch(log)
            state = _state_of(pid)
            record = Record(name, pid, state[1] if state else 0)
            partial = self._folder / f".{name}"
            partial.write_text(json.dumps(asdict(record)))
            partial.rename(self._folder / f"{name}.json")
        return record

    def forget(self, name: str) -> None:
        """Drop the record of a process that was ended."""
        (self._folder / f"{name}.json").unlink(missing_ok=True)

    def died(self, name: str) -> LabError:
        """The error for a process that ended when it should not have, with the tail of its log."""
        log = self._layout.log_of(name)
        return LabError(
            name,
            f"it ended at once; {log} ends with:\n{tail(log.read_text(errors='replace'))}",
            "it keeps running",
            "mend what the log names, then run `vipstack lab up` again: it resumes",
        )

    @contextlib.contextmanager
    def log_on_timeout(self, name: str) -> Generator[None]:
        """Add the tail of a process's log to the error of a wait for it."""
        try:
            yield
        except LabError as error:
            log = self._layout.log_of(name)
            if str(log) not in error.got:
                error.got += f"; {log} ends with:\n{tail(log.read_text(errors='replace'))}"
            raise


def _launch(name: str, words: Sequence[str], env: Mapping[str, str] | None) -> int:
    """Start a process and say its pid. Not by commands.run: no interrupt may fall between the start and its record."""
    launched = subprocess.run(words, env=env, capture_output=True, text=True, timeout=30, check=False)
    if launched.returncode != 0:
        raise LabError(
            name,
            f"it cannot be started: {launched.stderr.strip()}",
            "namespaces can be made and entered",
            "`vipstack lab doctor` says what the machine lacks",
        )
    return int(launched.stdout)


def _state_of(pid: int) -> tuple[str, int] | None:
    """State letter and start time of a process, or None where there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text.rpartition(")")[2].split()  # the command's name may hold blanks and brackets
    return fields[0], int(fields[19])


@contextlib.contextmanager
def _interrupts_held() -> Generator[None]:
    """Hold INT and TERM back while a process is started and recorded, so that none runs unrecorded."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread only, and it waits for its workers
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
