"""What is known of each system's drills: a folder with one file a system, so that two may be drilled side by side.

The files are committed beside the page that is made of them: they let another machine go on where this one stopped, and
are the evidence for the page's figures.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drill import suite, summary
from drill.faults import CONTROL, FAULTS

REPETITIONS = 5


@dataclass
class Ledger:
    """What is to be done of one system (``faults``, empty until it was looked at), and what has been.

    ``digest`` is the system's: with another one its ledger is begun anew. ``repetitions`` and ``conditions`` are
    documents of ``drill.report``.
    """

    digest: str
    faults: list[str] = field(default_factory=list[str])
    conditions: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    repetitions: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    def missing(self) -> suite.Plan:
        """What has not been decided yet."""
        decided = {(repetition["fault"], repetition["number"]) for repetition in self.repetitions}
        plan = suite.plan([FAULTS.get(name) for name in self.faults], REPETITIONS)
        return [(fault, number) for fault, number in plan if (fault.name if fault else CONTROL, number) not in decided]

    def complete(self) -> bool:
        """Whether everything was decided."""
        return bool(self.faults) and not self.missing()


@dataclass(frozen=True)
class Ledgers:
    """The folder. Each file in it is whole at every moment."""

    folder: Path

    def of(self, system: str, digest: str) -> Ledger:
        """A system's ledger; an empty one where the system is another by now."""
        found = self._read(system)
        return found if found and found.digest == digest else Ledger(digest)

    def keep(self, system: str, ledger: Ledger) -> None:
        """Write it down, a repetition a line."""
        self.folder.mkdir(parents=True, exist_ok=True)
        partial = self._file(system).with_suffix(".partial")
        partial.write_text(_text(ledger), encoding="utf-8")
        partial.replace(self._file(system))

    def forget(self, systems: Iterable[str]) -> None:
        """Begin these anew."""
        for system in systems:
            self._file(system).unlink(missing_ok=True)

    def summaries(self, systems: Iterable[str]) -> list[summary.System]:
        """What there is of these systems, for the page."""
        found = ((system, self._read(system)) for system in systems)
        return [
            summary.System(system, tuple(ledger.repetitions), tuple(ledger.conditions))
            for system, ledger in found
            if ledger and ledger.repetitions
        ]

    def _read(self, system: str) -> Ledger | None:
        file = self._file(system)
        return Ledger(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None

    def _file(self, system: str) -> Path:
        return self.folder / f"{system}.json"


def _text(ledger: Ledger) -> str:
    documents = {"conditions": ledger.conditions, "repetitions": ledger.repetitions}
    head = f'"digest": {json.dumps(ledger.digest)},\n"faults": {json.dumps(ledger.faults)}'
    return "\n".join(["{", ",\n".join([head, *(f'"{name}": {_lines(of)}' for name, of in documents.items())]), "}\n"])


def _lines(documents: list[dict[str, Any]]) -> str:
    return "[\n" + ",\n".join(map(json.dumps, documents)) + "\n]"
