"""Every system drilled on the lab: stack up, each fault in turn, stack down; what is done is remembered at once.

An interrupted run goes on where it was: ``drills.json`` in the lab's folder holds each repetition that decided
something. It is begun anew for a system whose stack file has changed. The faults and the judgement are the drill's.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.config.load import stack_name
from drill import outputs, report, suite, summary
from drill.cloud import Cloud
from drill.conduct import Drill
from drill.faults import CONTROL, FAULTS
from lab.laboratory import Laboratory
from lab.layout import IMAGE_BAKED
from lab.progress import Progress
from lab.stacks import PROJECT, LabStack, environment, shipped, with_image

REPETITIONS = 5
_SITTINGS = 3  # how often what stayed undecided is tried again


@dataclass
class Ledger:
    """What is to be done of one system (``faults``, empty until it was looked at), and what has been."""

    digest: str
    faults: list[str] = field(default_factory=list[str])
    repetitions: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    conditions: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


class Memory:
    """The state file; whole at every moment."""

    def __init__(self, path: Path) -> None:
        self._path = path
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        self._ledgers: dict[str, Ledger] = {name: Ledger(**ledger) for name, ledger in found.items()}

    def ledger(self, system: str, digest: str) -> Ledger:
        """A system's ledger; an empty one where the system is another by now."""
        if system not in self._ledgers or self._ledgers[system].digest != digest:
            self._ledgers[system] = Ledger(digest)
        return self._ledgers[system]

    def forget(self) -> None:
        """Begin anew."""
        self._ledgers.clear()
        self.keep()

    def keep(self) -> None:
        """Write it down."""
        partial = self._path.with_suffix(".partial")
        partial.write_text(json.dumps({name: vars(one) for name, one in self._ledgers.items()}), encoding="utf-8")
        partial.replace(self._path)

    def summaries(self, systems: Sequence[str]) -> list[summary.System]:
        """What there is of these systems, for the page."""
        return [
            summary.System(name, tuple(self._ledgers[name].repetitions), tuple(self._ledgers[name].conditions))
            for name in systems
            if name in self._ledgers and self._ledgers[name].repetitions
        ]


def memory(lab: Laboratory) -> Memory:
    """What has been done on this lab."""
    return Memory(lab.layout.home / "drills.json")


def systems() -> tuple[str, ...]:
    """The shipped stacks."""
    return tuple(sorted(map(stack_name, (PROJECT / "stacks").glob("Pulumi.*.yaml"))))


def drill_system(lab: Laboratory, name: str, done: Memory, progress: Progress) -> None:
    """Drill one system until each of its faults was decided ``REPETITIONS`` times.

    Raises ``LabError`` and ``drill.errors.DrillError``.
    """
    file = PROJECT / "stacks" / f"Pulumi.{name}.yaml"
    ledger = done.ledger(name, hashlib.sha256(file.read_bytes()).hexdigest()[:12])
    if ledger.faults and not missing(ledger):
        return
    with tempfile.TemporaryDirectory() as folder:
        stack = LabStack(name, lab.layout, with_image(shipped(name), IMAGE_BAKED, Path(folder)))
        stack.init()
        try:
            with progress.step(f"pulumi up --stack {name}"):
                stack.up()
            _sit(lab, name, ledger, done, progress)
        finally:
            with progress.step(f"pulumi destroy --stack {name}"):
                stack.destroy()


def _sit(lab: Laboratory, name: str, ledger: Ledger, done: Memory, progress: Progress) -> None:
    variables = environment(lab.layout)
    os.environ.update(variables)
    cloud, found = Cloud(), outputs.read(name, variables)
    virtual_ip = next(iter(found.addresses))
    ledger.faults = [CONTROL, *(fault.name for fault in suite.faults_for(found, virtual_ip))]
    ledger.conditions.append(report.conditions(cloud.name))
    for _ in range(_SITTINGS):
        for repetition in Drill(cloud, found, virtual_ip, progress.say).run(missing(ledger)):
            document = report.repetition(repetition)
            progress.say(f"{name}: {document['fault']} {document['number']}: {document['verdict']}")
            if summary.decided(document):
                ledger.repetitions.append(document)
                done.keep()


def missing(ledger: Ledger) -> suite.Plan:
    """What has not been decided yet."""
    decided = {(repetition["fault"], repetition["number"]) for repetition in ledger.repetitions}
    plan = suite.plan([FAULTS.get(name) for name in ledger.faults], REPETITIONS)
    return [(fault, number) for fault, number in plan if (fault.name if fault else CONTROL, number) not in decided]
