"""Shows what runs, how long, and what is done: live lines on a terminal, one plain line an event elsewhere."""

import contextlib
import sys
import threading
import time
from collections.abc import Generator
from typing import Self

from rich.console import Console
from rich.progress import Progress as Display
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

from lab.commands import Interrupted

_QUIET = 0.5  # seconds; a step that was done before is not worth a line


class Progress:
    """The steps of one command; several may run at once, from several threads."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(file=sys.stderr, highlight=False, soft_wrap=True)
        self._display: Display | None = None
        self._lock = threading.Lock()
        self._start = time.monotonic()

    def __enter__(self) -> Self:
        """Start the live display where there is a terminal."""
        if self._console.is_terminal:
            columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
            self._display = Display(*columns, console=self._console, transient=True)
            self._display.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Take the live display away; the printed lines stay."""
        if self._display is not None:
            self._display.stop()

    @contextlib.contextmanager
    def step(self, title: str) -> Generator[None]:
        """Show a step while the block runs, and how long it took."""
        began = time.monotonic()
        task = None
        if self._display is not None:
            task = self._display.add_task(title, total=None)
        else:
            self.say(f"  {title} ...")
        mark = "failed:"
        try:
            yield
            mark = "done:"
        except Interrupted:
            mark = "left:"
            raise
        finally:
            if self._display is not None and task is not None:
                self._display.remove_task(task)
            took = time.monotonic() - began
            if took > _QUIET or mark != "done:":
                self.say(f"{mark} {title} ({took:.1f} s)")

    def say(self, line: str) -> None:
        """Print a line with the time since the start."""
        with self._lock:
            self._console.print(f"[{time.monotonic() - self._start:6.1f} s] {line}", markup=False)
