"""Running other programs, quietly: their output is shown only as progress, or at the end of a failure."""

import os
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from toolchain.errors import ToolchainError

Progress = Callable[[str], None]
"""Takes one line for the operator: what runs, how far it is, how long it took."""

_SECONDS_BETWEEN_LINES = 10.0
_LINES_OF_A_FAILURE = 15


def output_of(command: Sequence[str | Path], variables: Mapping[str, str]) -> str:
    """What a command that takes a moment prints.

    Raises:
        OSError: it cannot be started.
        subprocess.CalledProcessError: it failed.
    """
    result = subprocess.run(command, check=True, capture_output=True, text=True, env=variables)
    return result.stdout.strip()


def run(command: Sequence[str | Path], variables: Mapping[str, str], where: Path, heard: Callable[[str], None]) -> None:
    """Run a command that takes its time, at the lowest priority that still gets on.

    Args:
        command: the program and its arguments.
        variables: its whole environment.
        where: its working directory.
        heard: is given every line that it prints.

    Raises:
        ToolchainError: it failed; its last lines are part of the words.
    """
    last: deque[str] = deque(maxlen=_LINES_OF_A_FAILURE)
    with subprocess.Popen(
        command,
        env=dict(variables),
        cwd=where,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        os.setpriority(os.PRIO_PROCESS, process.pid, 10)
        try:
            for line in process.stdout or ():
                last.append(line.rstrip())
                heard(line.rstrip())
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise ToolchainError(
            where=" ".join(str(part) for part in command),
            got=f"it ended with exit code {process.returncode}, after\n    " + "\n    ".join(last),
            allowed="it succeeds, because its result is part of the toolchain",
            remedy="mend what the lines above name and run `vipstack toolchain` again; what is finished is kept",
        )


class Pace:
    """Progress lines at a bearable rate."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._start = self._last = time.monotonic()

    @property
    def seconds(self) -> int:
        """Since the beginning."""
        return round(time.monotonic() - self._start)

    def line(self, text: str) -> None:
        """Pass a line on, unless one was passed on just now."""
        if time.monotonic() - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = time.monotonic()
            self._progress(f"{text}, {self.seconds} s")
