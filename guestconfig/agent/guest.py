"""The machine the agent runs on: where its files are, and what it is called.

All paths go through ``at``, so that a test can put the guest's root in a folder.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path


class StepError(Exception):
    """A step that failed: its name, and the last lines that explain it."""

    def __init__(self, step: str, log: list[str]) -> None:
        super().__init__(f"{step}: {'; '.join(log)}")
        self.step = step
        self.log = log


@dataclass(frozen=True)
class Guest:
    """Where things are. ``metadata`` is ``host:port`` of the metadata service."""

    root: Path = Path("/")
    metadata: str = "169.254.169.254:80"

    def at(self, path: str) -> Path:
        """The place of an absolute guest path."""
        return self.root / path.lstrip("/")

    def read(self, path: str) -> bytes | None:
        """A file's contents; None where there is no file."""
        try:
            return self.at(path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    @property
    def name(self) -> str:
        """The host name, which is the server's name in Nova."""
        return socket.gethostname()

    @property
    def boot(self) -> str:
        """Something that tells this boot from the others."""
        return (self.read("/proc/sys/kernel/random/boot_id") or b"").decode().strip()[:8]
