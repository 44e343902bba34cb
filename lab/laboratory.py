"""The parts every step of the lab needs, in one value."""

import os
from dataclasses import dataclass
from pathlib import Path

from lab.layout import Layout
from lab.passwords import Passwords, load_or_make
from lab.processes import Processes, Record
from lab.rooms import Rooms


@dataclass(frozen=True)
class Laboratory:
    """One lab: where it lives, what runs in it."""

    layout: Layout
    processes: Processes
    rooms: Rooms

    @classmethod
    def at(cls, layout: Layout) -> "Laboratory":
        """The lab in a folder, running or not."""
        processes = Processes(layout)
        return cls(layout, processes, Rooms(layout, processes))

    @property
    def passwords(self) -> Passwords:
        """The lab's passwords, made on first use."""
        return load_or_make(self.layout)

    def environment(self, **more: str) -> dict[str, str]:
        """What a service's process gets: our stubs and its interpreter first on PATH, nothing of the caller's Python.

        PYTHONDONTWRITEBYTECODE in a caller's environment would double every start.
        """
        path = [str(self.layout.stubs), str(self.layout.venv / "bin"), "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        return {
            "PATH": os.pathsep.join(path),
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPATH": str(self.layout.modules),
            **more,
        }

    def start(self, room: str | None, name: str, argv: list[str | Path], **environment: str) -> Record:
        """A service's process in a room, started unless it runs."""
        words = self.rooms.enter_words(room)
        return self.processes.ensure(name, argv, enter=words, env=self.environment(**environment))
