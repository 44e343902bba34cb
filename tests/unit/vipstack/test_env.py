"""``vipstack env``: what it prints and how it ends. What is done is decided in tests/unit/environments."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from environments.lifecycle import Environments
from tests.unit.environments.project import ListedProject, environment
from vipstack import env
from vipstack.cli import app

CHECKOUT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 21, 20, 16, tzinfo=UTC)


class NoStates:
    """A backend without stacks."""

    def stacks(self) -> tuple[str, ...]:
        """None."""
        return ()

    def forget(self, _: str) -> None:
        """There is nothing to forget."""


@pytest.fixture
def project(monkeypatch: pytest.MonkeyPatch) -> ListedProject:
    found = ListedProject([*environment("old"), *environment("young", end="2026-11-22T20:15Z")])
    monkeypatch.setattr(env, "_environments", lambda: Environments(found, NoStates(), print))
    monkeypatch.setattr(env, "_now", lambda: NOW)
    monkeypatch.setattr("environments.teardown._BETWEEN_ROUNDS", 0)
    return found


def run(*arguments: str):
    return CliRunner().invoke(app, ["env", *arguments])


def test_a_sweep_without_yes_shows_and_does_nothing(project: ListedProject):
    result = run("sweep")
    assert result.exit_code == 0
    assert (
        "old: would delete 1 server, 1 server group, 1 floating IP, 1 port, 1 router, 1 subnet, 1 network, "
        "1 security group\n" in result.stdout
    )
    assert result.stdout.endswith("nothing was done; `vipstack env sweep --yes` does it\n")
    assert project.deleted == []


def test_a_sweep_with_yes_says_it_first_and_does_it(project: ListedProject):
    result = run("sweep", "--yes")
    assert result.exit_code == 0
    assert result.stdout.index("old: deletes") < result.stdout.index("deleting server old-director-1")
    assert project.there == environment("young", end="2026-11-22T20:15Z")


@pytest.mark.usefixtures("project")
def test_the_list_says_what_a_sweep_would_make_of_each():
    shown = re.sub(r"\s+", " ", run("list").stdout)
    assert "old │ 2026-11-21 20:15 UTC │ 8 │ goes: over since 1m" in shown
    assert "young │ 2026-11-22 20:15 UTC │ 8 │ stays: 23h 59m left" in shown


@pytest.mark.usefixtures("project")
def test_trouble_is_a_sentence_on_stderr():
    result = run("extend", "nobody", "--ttl", "4h")
    assert result.exit_code == 1
    assert result.stderr.startswith("nobody: there is no such environment")


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("file", [".github/workflows/vipstack-sweep.yml", ".gitlab/vipstack-sweep.yml"])
def test_the_workflows_call_commands_that_there_are(file: str):
    text = (CHECKOUT / file).read_text()
    assert yaml.safe_load(text)
    called = re.findall(r"vipstack env (.+)", text)
    assert called[-2:] == ["sweep", "sweep --yes"], "what will be done stands in the log before it is done"
    for words in called[-2:]:
        assert run(*words.split()).exit_code == 0
