"""Records as they travel: what the guest's own script packs, the drill must unpack, whatever the console did to it."""

import math
import random

import pytest

from drill.records import Missing, ProbeRecord, assemble, from_document
from guestconfig import frames


def _lines(probe_watch, document):
    return [frames.frame(probe_watch.PREFIX, part) for part in probe_watch.parts(dict(document))]


def _read(probe_watch, lines):
    return assemble("recorded", frames.find(probe_watch.PREFIX, "\r\n".join(lines)))


@pytest.fixture(params=["control", "crash", "clean-stop", "keepalived-killed"])
def document(request, recording):
    found = recording(request.param)
    return {key: value for key, value in found.items() if key not in ("broke", "mended")}


def test_a_record_arrives_as_it_was_sent(probe_watch, document):
    assert _read(probe_watch, _lines(probe_watch, document)) == _Same(from_document(document))


def test_lines_may_come_twice_and_in_any_order(probe_watch, document):
    lines = 2 * _lines(probe_watch, document)
    lines = [*lines[5:], *lines[:5]][::-1]
    assert _read(probe_watch, lines) == _Same(from_document(document)), "the observer prints a record several times"


def test_a_line_that_the_kernel_damaged_is_taken_from_the_next_copy(probe_watch, document):
    lines = _lines(probe_watch, document)
    damaged = [line.replace(line[80:90], "??????????") for line in lines]
    assert _read(probe_watch, damaged) == Missing("the record's header")
    assert _read(probe_watch, [*damaged, *lines]) == _Same(from_document(document))


def test_a_missing_part_is_named(probe_watch, document):
    lines = _lines(probe_watch, document)
    assert _read(probe_watch, [*lines[:2], *lines[3:]]) == Missing("1 of the record's 3 parts (the first: 1)")


def test_another_runs_frames_are_passed_over(probe_watch, document):
    foreign = [frames.frame(probe_watch.PREFIX, {"kind": "header", "id": "another", "parts": 0, "targets": []})]
    assert _read(probe_watch, foreign + _lines(probe_watch, document)) == _Same(from_document(document))


def test_two_minutes_of_probing_fit_into_what_the_console_api_gives(probe_watch, document):
    # Answer times of emulated guests vary more than those of namespaces: the worst case is noise.
    noise = random.Random(3)  # noqa: S311 - noise, not a secret
    ticks = 12_000
    document = {
        **document,
        "offsets": [noise.randint(90, 110) for _ in range(ticks)],
        "outcomes": [[noise.randint(5, 60) for _ in range(ticks)] for _ in range(2)],
    }
    size = sum(len(line) + 3 for line in _lines(probe_watch, document))
    assert size < 90_000, "Nova gives the last 100 kB; a record that does not fit would never be whole"


def test_losses_of_every_kind_have_no_answer_time(document):
    outcomes = [[-1, -2, -3, 40]]
    record = from_document(
        {**document, "targets": ["203.0.113.2"], "offsets": [0, 100, 100, 100], "outcomes": outcomes}
    )
    assert [math.isnan(answer) for answer in record.answers[0]] == [True, True, True, False]
    assert record.refused == (1,)
    assert record.ticks == (0.0, 0.01, 0.02, 0.03)


class _Same:
    """Equality of records, where one NaN is as good as another."""

    def __init__(self, record):
        self._record = record

    def __eq__(self, other):
        return isinstance(other, ProbeRecord) and repr(other) == repr(self._record)

    __hash__ = None
