"""Says reports on the serial console, again and again with growing pauses: console output gets lost and interleaved.

The journal gets every report in words. What the guest's files hold as a password is blotted out of both.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping

from guestconfig import report
from guestconfig.agent import console
from guestconfig.agent.guest import Guest

# Seconds after the first time; then every LAST_PAUSE for as long as it holds.
PAUSES = (2, 4, 8, 15, 30, 60, 120)
LAST_PAUSE = 600
MAX_LOG_LINES = 15
MAX_LINE = 300

_SECRET = re.compile(r"\bauth_pass\s+(?:\"([^\"\n]+)\"|(\S+))")
_KEY = re.compile(r"PRIVATE KEY-----(.*?)-----END", re.DOTALL)


class Reporter:
    """Holds the report that is true now, and repeats it."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._report: report.Report | None = None
        self._repeats = 0
        self._due = 0.0

    def say(self, new: report.Report) -> None:
        """Replace the report and print it at once."""
        if new == self._report:
            return
        self._report, self._repeats = new, 0
        print(f"{new.status}: {new.step} (generation {new.generation})", *new.log, sep="\n  ", flush=True)  # noqa: T201
        self._print()

    def tick(self) -> None:
        """Print it again if that is due."""
        if self._report and time.monotonic() >= self._due:
            self._repeats += 1
            self._print()

    def _print(self) -> None:
        pause = PAUSES[self._repeats] if self._repeats < len(PAUSES) else LAST_PAUSE
        self._due = time.monotonic() + pause
        if self._report:
            console.say(self._guest, report.frame(self._report))


def without_secrets(lines: Iterable[str], files: Mapping[str, str]) -> tuple[str, ...]:
    """The end of a log as it may be shown: bounded, and without what the files hold as a password."""
    secrets = {secret for text in files.values() for words in _SECRET.findall(text) for secret in words if secret}
    secrets |= {line for text in files.values() for key in _KEY.findall(text) for line in key.split()}
    shown: list[str] = []
    for line in list(lines)[-MAX_LOG_LINES:]:
        for secret in secrets:
            line = line.replace(secret, "[secret]")  # noqa: PLW2901 - each secret in turn
        shown.append(line[:MAX_LINE])
    return tuple(shown)
