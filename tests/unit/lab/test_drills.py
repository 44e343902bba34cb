"""What a drill of all systems remembers. Cannot decide: that a lab can be drilled."""

from pathlib import Path

from lab.drills import REPETITIONS, Memory, missing, systems


def _done(fault: str, number: int) -> dict[str, object]:
    return {"fault": fault, "number": number, "verdict": "kept"}


def test_what_is_decided_is_not_done_again(tmp_path: Path):
    memory = Memory(tmp_path / "drills.json")
    ledger = memory.ledger("vrrp", "d1")
    ledger.faults = ["control", "crash"]
    ledger.repetitions += [_done("control", 1), _done("crash", 1), _done("crash", 3)]
    memory.keep()

    again = Memory(tmp_path / "drills.json").ledger("vrrp", "d1")
    left = [(fault.name if fault else "control", number) for fault, number in missing(again)]
    assert left == [("crash", 2), *(("crash", number) for number in range(4, REPETITIONS + 1))]


def test_another_stack_file_is_drilled_anew(tmp_path: Path):
    memory = Memory(tmp_path / "drills.json")
    memory.ledger("vrrp", "d1").repetitions.append(_done("crash", 1))
    assert memory.ledger("vrrp", "d2").repetitions == [], "its figures are those of another system"


def test_nothing_is_told_of_what_was_not_drilled(tmp_path: Path):
    memory = Memory(tmp_path / "drills.json")
    memory.ledger("lvs-dr", "d1").repetitions.append(_done("crash", 1))
    memory.ledger("vrrp", "d1")
    assert [system.name for system in memory.summaries(["lvs-dr", "vrrp", "haproxy"])] == ["lvs-dr"]
    memory.forget()
    assert Memory(tmp_path / "drills.json").summaries(["lvs-dr"]) == []


def test_every_shipped_stack_is_a_system():
    assert {"vrrp", "lvs-dr"} <= set(systems())
