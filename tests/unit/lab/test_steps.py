"""Can decide: order, side-by-side running and failure of steps. Cannot: what the lab's own steps do."""

import io
import threading

import pytest
from rich.console import Console

from lab import commands
from lab.progress import Progress
from lab.steps import Step, run


@pytest.fixture(autouse=True)
def _not_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "_interrupted", threading.Event())


def _quiet() -> Progress:
    return Progress(Console(file=io.StringIO()))


def test_a_step_waits_for_those_it_names() -> None:
    order: list[str] = []
    steps = [
        Step("third", lambda: order.append("third"), ("first", "second")),
        Step("second", lambda: order.append("second"), ("first",)),
        Step("first", lambda: order.append("first")),
    ]
    run(steps, _quiet())
    assert order == ["first", "second", "third"], "a service would start before what it needs"


def test_independent_steps_run_side_by_side() -> None:
    meet = threading.Barrier(2, timeout=10)
    run([Step("one", meet.wait), Step("other", meet.wait)], _quiet())  # one after the other would never meet


def test_a_failure_ends_the_run_with_its_own_words() -> None:
    after: list[str] = []

    def fail() -> None:
        raise OSError("the words")

    with pytest.raises(OSError, match="the words"):
        run([Step("bad", fail), Step("never", lambda: after.append("ran"), ("bad",))], _quiet())
    assert after == [], "a step ran though what it waits for failed"


def test_a_step_that_waits_for_nobody_known_is_refused() -> None:
    with pytest.raises(ValueError, match="waits for"):
        run([Step("lost", lambda: None, ("typo",))], _quiet())
