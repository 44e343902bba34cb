"""What a drill of all systems remembers, and what it drills. Cannot decide: that a lab can be drilled."""

import json
from pathlib import Path

import yaml

from components.config.load import load_file
from lab.drill_ledgers import REPETITIONS, Ledger, Ledgers
from lab.drills import systems, watch
from lab.stacks import shipped


def _done(fault: str, number: int) -> dict[str, object]:
    return {"fault": fault, "number": number, "verdict": "kept"}


def test_what_is_decided_is_not_done_again(tmp_path: Path):
    done = [_done("control", 1), _done("crash", 1), _done("crash", 3)]
    Ledgers(tmp_path).keep("vrrp", Ledger("d1", ["control", "crash"], repetitions=done))

    again = Ledgers(tmp_path).of("vrrp", "d1")
    left = [(fault.name if fault else "control", number) for fault, number in again.missing()]
    assert left == [("crash", 2), *(("crash", number) for number in range(4, REPETITIONS + 1))]
    assert not again.complete()


def test_a_system_that_nobody_looked_at_yet_is_not_complete():
    assert not Ledger("d1").complete()


def test_another_stack_file_is_drilled_anew(tmp_path: Path):
    ledgers = Ledgers(tmp_path)
    ledgers.keep("vrrp", Ledger("d1", repetitions=[_done("crash", 1)]))
    assert ledgers.of("vrrp", "d2").repetitions == [], "its figures are those of another system"


def test_nothing_is_told_of_what_was_not_drilled(tmp_path: Path):
    ledgers = Ledgers(tmp_path)
    ledgers.keep("lvs-dr", Ledger("d1", repetitions=[_done("crash", 1)]))
    ledgers.keep("vrrp", Ledger("d1"))
    assert [system.name for system in ledgers.summaries(["lvs-dr", "vrrp", "haproxy"])] == ["lvs-dr"]
    ledgers.forget(["lvs-dr"])
    assert ledgers.summaries(["lvs-dr"]) == []


def test_a_ledger_shows_in_a_diff_what_was_added(tmp_path: Path):
    Ledgers(tmp_path).keep("vrrp", Ledger("d1", ["crash"], repetitions=[_done("crash", 1), _done("crash", 2)]))
    text = (tmp_path / "vrrp.json").read_text()
    assert json.dumps(_done("crash", 2)) in text.splitlines(), "a repetition is a line"
    assert json.loads(text)["faults"] == ["crash"]


def test_every_shipped_stack_is_a_system():
    assert {"vrrp", "lvs-dr"} <= set(systems())


def test_every_system_is_watched(tmp_path: Path):
    for name in systems():
        file = tmp_path / f"Pulumi.{name}.yaml"
        file.write_text(shipped(name).read_text())
        watch(file)
        assert load_file(file).observer, f"{name}: without an observer nobody probes"


def test_a_stack_that_is_watched_stays_as_it_is(tmp_path: Path):
    file = tmp_path / "Pulumi.vrrp.yaml"
    file.write_text(shipped("vrrp").read_text())
    before = yaml.safe_load(file.read_text())
    watch(file)
    assert yaml.safe_load(file.read_text()) == before
