"""The table and the JSON document, made of recorded runs."""

import io
import json

import pytest
from rich.console import Console

from drill import report
from drill.conduct import Repetition
from drill.faults import CLEAN_STOP, CRASH
from drill.outputs import Guest
from drill.records import from_document
from drill.timeline import Window, judge

FIRST, SECOND = Guest("director-1", "lvs-dr-director-1", "d1"), Guest("director-2", "lvs-dr-director-2", "d2")


@pytest.fixture
def repetitions(recording):
    made = []
    for fault, name, promise in ((None, "control", 0.523), (CRASH, "crash", 3.527), (CLEAN_STOP, "clean-stop", 0.005)):
        document = recording(name)
        record = from_document(document)
        window = Window(document["broke"], document["mended"]) if fault else None
        judgement = judge(record, window, dict.fromkeys(record.targets, promise))
        victim, successor = (FIRST, SECOND) if fault else (None, None)
        made.append(Repetition(fault, 1, record.epoch, victim, successor, record, window, judgement))
    return made


def _shown(table):
    console = Console(file=io.StringIO(), width=120)
    console.print(table)
    return [" ".join(line[1:-1].split()) for line in console.file.getvalue().splitlines() if "│" in line]


def test_the_table_has_the_promise_beside_each_outage(repetitions):
    assert _shown(report.table("lvs-dr", repetitions)) == [
        "control 1 │ - │ 198.51.100.10:80 │ none │ 0 │ │ 0 │ kept",
        "│ │ 198.51.100.10 │ none │ 0 │ │ 0 │",
        "crash 1 │ director-1 │ 198.51.100.10:80 │ 2970 │ 298 │ none │ 3527 │ kept",
        "│ │ 198.51.100.10 │ 2970 │ 298 │ none │ 3527 │",
        "clean-stop 1 │ director-1 │ 198.51.100.10:80 │ 21 │ 3 │ none │ 5 │ broken",
        "│ │ 198.51.100.10 │ 21 │ 3 │ none │ 5 │",
    ]


def test_an_address_in_brackets_is_shown_and_not_taken_for_markup(recording):
    record = from_document({**recording("control"), "targets": ["[fd00::a]:80", "fd00::a"]})
    judgement = judge(record, None, dict.fromkeys(record.targets, 0.523))
    shown = _shown(report.table("s", [Repetition(None, 1, record.epoch, None, None, record, None, judgement)]))
    assert shown == ["control 1 │ - │ [fd00::a]:80 │ none │ 0 │ │ 0 │ kept", "│ │ fd00::a │ none │ 0 │ │ 0 │"]


def test_a_broken_promise_is_said_in_words(repetitions):
    assert report.remarks(repetitions[2])[0] == "clean-stop 1: 198.51.100.10:80: away for 21 ms, promised 5 ms"


def test_one_broken_promise_spoils_the_drill(repetitions):
    assert report.kept(repetitions[:2])
    assert not report.kept(repetitions)


def test_the_document_is_json_and_says_how_each_figure_came_about(repetitions):
    document = json.loads(json.dumps(report.document("lvs-dr", report.conditions("lab"), repetitions)))
    crash = document["repetitions"][1]
    assert (crash["fault"], crash["victim"], crash["successor"], crash["verdict"]) == (
        "crash",
        "director-1",
        "director-2",
        "kept",
    )
    assert crash["targets"][0]["failover"] == {"outage_ms": 2969.8, "at_most_ms": 2989.5, "lost": 298, "at_ms": 2950.9}
    assert crash["targets"][0]["promise_ms"] == 3527.0
    assert crash["unsure_before"] == 0
    assert document["kept"] is False
    assert document["conditions"]["cloud"] == "lab"
    assert {"load", "python", "machine", "processors"} <= set(document["conditions"])
