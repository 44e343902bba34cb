"""Every system drilled on the lab: stack up, each fault in turn, stack down; what is done is remembered at once.

An interrupted run goes on where it was (``drill_ledgers``); a system whose stack file has changed is begun anew. The
faults and the judgement are the drill's.
"""

import hashlib
import os
import subprocess
import tempfile
from pathlib import Path

import yaml

from components.config.load import stack_name
from drill import outputs, report, suite, summary
from drill.cloud import Cloud
from drill.conduct import Drill
from drill.faults import CONTROL
from lab.drill_ledgers import Ledger, Ledgers
from lab.laboratory import Laboratory
from lab.layout import IMAGE_BAKED
from lab.progress import Progress
from lab.shares import measured
from lab.stacks import PROJECT, LabStack, environment, shipped, with_image

_MAKES_GUESTS = ("cloud-init", "components", "guestconfig", "stacks")


def ledgers(lab: Laboratory, page: Path | None) -> Ledgers:
    """Those beside a page, in a folder of its name; without a page those in the lab's folder."""
    return Ledgers(page.with_suffix("") if page else lab.layout.home / "drills")


def systems() -> tuple[str, ...]:
    """The shipped stacks."""
    return tuple(sorted(map(stack_name, (PROJECT / "stacks").glob("Pulumi.*.yaml"))))


def drill_system(lab: Laboratory, name: str, done: Ledgers, progress: Progress) -> None:
    """Drill one system: each of its faults as often as it shall be decided and was not yet.

    Raises ``LabError`` and ``drill.errors.DrillError``.
    """
    ledger = done.of(name, hashlib.sha256(shipped(name).read_bytes()).hexdigest()[:12])
    if ledger.complete():
        return
    with tempfile.TemporaryDirectory() as folder:
        file = with_image(shipped(name), IMAGE_BAKED, Path(folder))
        watch(file)
        stack = LabStack(name, lab.layout, file)
        stack.init()
        try:
            with progress.step(f"pulumi up --stack {name}"):
                stack.up()
            _sit(lab, name, ledger, done, progress)
        finally:
            with progress.step(f"pulumi destroy --stack {name}"):
                stack.destroy()


def watch(file: Path) -> None:
    """Give a stack that has no observer one on its first virtual IP's network: it is where the probe runs."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    nouns = document["config"]
    if "vipstack:observer" in nouns:
        return
    first = next(iter(nouns["vipstack:virtual-ips"].values()))
    like = nouns["vipstack:directors"]
    nouns["vipstack:observer"] = {"network": first["network"], "image": like["image"], "flavor": like["flavor"]}
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def _sit(lab: Laboratory, name: str, ledger: Ledger, done: Ledgers, progress: Progress) -> None:
    variables = environment(lab.layout)
    os.environ.update(variables)
    cloud, found = Cloud(), outputs.read(name, variables)
    virtual_ip = next(iter(found.addresses))
    ledger.faults = [CONTROL, *(fault.name for fault in suite.faults_for(found, virtual_ip))]
    ledger.conditions.append(report.conditions(cloud.name) | {"program": _program()})
    with measured(lab.layout, name):
        for repetition in Drill(cloud, found, virtual_ip, progress.say).run(ledger.missing()):
            document = report.repetition(repetition)
            said = "; ".join([document["verdict"], *document["reasons"]])
            progress.say(f"{name}: {document['fault']} {document['number']}: {said}")
            if summary.decided(document):
                ledger.repetitions.append(document)
                done.keep(name, ledger)


def _program() -> str:
    """The last commit of what makes the guests: that is measured, not the stack file alone."""
    log, status = ("log", "-1", "--format=%h"), ("status", "--porcelain")
    try:
        commit, changed = (_git(*words, "--", *_MAKES_GUESTS) for words in (log, status))
    except (OSError, subprocess.CalledProcessError):
        return "of no checkout"
    return f"{commit}, changed" if changed else commit


def _git(*words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(PROJECT), *words], check=True, capture_output=True, text=True
    ).stdout.strip()
