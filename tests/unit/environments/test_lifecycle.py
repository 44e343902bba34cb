"""Who may be torn down, in which order of means, and what is refused."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from tests.unit.environments.project import ListedProject, environment

from components.config.errors import StackFileError
from components.config.load import load_file
from environments import neighbours, teardown
from environments.backend import locked
from environments.derive import Wish
from environments.errors import EnvError
from environments.inventory import Kind, Thing, stack_of
from environments.lifecycle import Environments
from environments.ranges import DEFAULT_RANGES, Taken

AFTER = datetime(2026, 11, 21, 20, 16, tzinfo=UTC)
LVS_DR = Path(__file__).parents[3] / "stacks" / "Pulumi.lvs-dr.yaml"
LATER = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


@dataclass
class States:
    """A backend that has these stacks; ``destroys`` are the errors of the next runs, None where one does its work."""

    project: ListedProject
    has: list[str] = field(default_factory=list)
    destroys: list[EnvError | None] = field(default_factory=list)
    destroyed: list[str] = field(default_factory=list)

    def stacks(self) -> tuple[str, ...]:
        """Those that there are."""
        return tuple(self.has)

    def destroy(self, name: str) -> None:
        """As `pulumi destroy`."""
        self.destroyed.append(name)
        if error := self.destroys.pop(0) if self.destroys else None:
            raise error
        self.project.there = [thing for thing in self.project.there if thing not in stack_of(name, [thing]).things]

    def forget(self, name: str) -> None:
        """As `pulumi stack rm`."""
        self.has = [one for one in self.has if one != name]


class Tagging(ListedProject):
    """Takes tags, too."""

    def retag(self, thing: Thing, tags: tuple[str, ...]) -> None:
        """Replace the tags."""
        self.there[self.there.index(thing)] = Thing(thing.kind, thing.id, thing.name, tags)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teardown, "_BETWEEN_ROUNDS", 0)


def made(*things: Thing, has: tuple[str, ...] = (), destroys: tuple[EnvError | None, ...] = ()):
    project = Tagging(list(things))
    states = States(project, list(has), list(destroys))
    said: list[str] = []
    return Environments(project, states, said.append), project, states, said


def test_a_sweep_ends_what_is_over_and_nothing_else():
    stays = [
        *environment("young", end="2026-11-22T20:15Z"),
        *environment("kept", "vipstack-protected"),
        *environment("odd", end="soon"),
        Thing(Kind.SERVER, "1", "lvs-dr-director-1", ("vipstack:lvs-dr",)),
    ]
    environments, project, states, said = made(*stays, *environment("old"), has=("kept", "lvs-dr", "young"))
    assert environments.sweep(AFTER) == ()
    assert project.there == stays
    assert states.destroyed == [], "the state of old is gone: its tags suffice"
    assert said[-1] == "old: nothing of it is left in the cloud"


def test_where_there_is_a_state_pulumi_goes_first_and_is_forgotten_last():
    environments, project, states, _ = made(*environment("old"), has=("old",))
    assert environments.sweep(AFTER) == ()
    assert (project.there, states.destroyed, states.has) == ([], ["old"], [])


def test_somebody_else_s_update_is_not_disturbed_and_the_others_are_swept():
    things = [*environment("busy"), *environment("old")]
    environments, project, states, said = made(*things, has=("busy",), destroys=(locked("busy"),))
    [trouble] = environments.sweep(AFTER)
    assert project.there == environment("busy"), "an `up` under way would make anew what is deleted"
    assert states.has == ["busy"]
    assert "another `pulumi` is at this stack" in trouble.got
    assert str(trouble) in said


def test_a_state_that_cannot_be_destroyed_twice_is_gone_on_without():
    failed = EnvError("old", "`pulumi destroy` failed; why stands above", "", "")
    environments, project, states, said = made(*environment("old"), has=("old",), destroys=(failed, failed))
    assert environments.sweep(AFTER) == ()
    assert (project.there, states.destroyed, states.has) == ([], ["old", "old"], [])
    assert "old: `pulumi destroy` failed; why stands above; going on without its state" in said


def test_what_is_extended_while_others_go_stays():
    environments, project, _, _ = made(*environment("a"), *environment("b"))
    delete = project.delete

    def meanwhile(thing: Thing) -> str | None:
        if thing.id == "a-server":
            environments.extend("b", LATER)
        return delete(thing)

    project.delete = meanwhile  # type: ignore[method-assign]
    assert environments.sweep(AFTER) == ()
    assert {thing.id.partition("-")[0] for thing in project.there} == {"b"}


def test_an_end_is_written_on_everything_that_takes_tags():
    environments, project, _, _ = made(*environment("a", "team:web"), *environment("b"))
    environments.extend("a", LATER)
    ours = [thing for thing in project.there if thing.id.startswith("a-")]
    tagged = [thing.tags for thing in ours if thing.kind is not Kind.SERVER_GROUP]
    assert set(tagged) == {("team:web", "vipstack-expires:2026-11-22T08:00Z", "vipstack:a")}
    assert stack_of("b", project.there).things == stack_of("b", environment("b")).things


def test_down_does_not_wait_for_the_end_and_may_be_said_twice():
    environments, project, _, _ = made(*environment("a", end="2030-01-01T00:00Z"))
    environments.down("a")
    assert project.there == []
    environments.down("a")


@pytest.mark.parametrize(
    ("things", "name", "words"),
    [
        (environment("a", "vipstack-protected"), "a", "it is protected"),
        (
            [Thing(Kind.SERVER, "1", "prod-director-1", ("vipstack:prod",))],
            "prod",
            "there is a stack of this name in the cloud, and it has no end",
        ),
        ([], "lvs-dr", "lvs-dr is a stack of stacks/"),
        ([], "No Name", '"No Name"'),
    ],
    ids=["protected", "no environment", "a shipped stack", "no name"],
)
def test_down_refuses_what_is_not_its_to_take(things, name: str, words: str):
    environments, project, states, _ = made(*things, has=(name,))
    with pytest.raises(EnvError) as refused:
        environments.down(name)
    assert refused.value.got == words
    assert (project.there, states.destroyed) == (list(things), [])


def test_an_environment_that_is_not_there_cannot_be_extended():
    environments, *_ = made(*environment("a"), *environment("b"))
    with pytest.raises(EnvError) as refused:
        environments.extend("c", LATER)
    assert str(refused.value) == (
        "c: there is no such environment\n  expected: one of those that there are: a, b\n  do: choose one"
    )


class Writing(States):
    """A backend that takes stack files and brings nothing up."""

    def write(self, name: str, document: dict) -> Path:
        """As the real one, in a place of the test's."""
        self.file = Path(self.place) / f"Pulumi.{name}.yaml"
        self.file.write_text(yaml.safe_dump(document))
        return self.file

    def init(self, name: str) -> None:
        """As `pulumi stack init`."""
        self.has.append(name)

    def up(self, _: str) -> None:
        """As `pulumi up`."""
        self.destroyed = []

    def outputs(self, _: str) -> dict:
        """What the command prints."""
        return {"virtual-ips": {}}


@pytest.fixture
def upping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Environments on a project with these things, that can be brought up; and the backend."""

    def ready(*things: Thing):
        project = Tagging(list(things))
        project.connection = None
        monkeypatch.setattr(neighbours, "look", lambda *_: Taken())
        states = Writing(project)
        states.place = tmp_path
        return Environments(project, states, print), states

    return ready


def wish(name: str) -> Wish:
    return Wish(name, LATER, protected=False, ranges=DEFAULT_RANGES)


def test_up_is_refused_where_a_stack_without_an_end_has_the_name(upping):
    environments, states = upping(Thing(Kind.SERVER, "1", "prod-director-1", ("vipstack:prod",)))
    with pytest.raises(EnvError, match="and it has no end"):
        environments.up(LVS_DR, wish("prod"), protected=None)
    assert states.has == [], "it would have become an environment, and be swept"


@pytest.mark.parametrize(
    ("tags", "said", "protected"),
    [
        (("vipstack-protected",), None, True),
        (("vipstack-protected",), False, False),
        ((), True, True),
        ((), None, False),
    ],
    ids=["stays protected", "unprotected", "protected", "stays unprotected"],
)
def test_protection_is_kept_unless_something_else_is_said(upping, tags, said: bool | None, protected: bool):
    environments, states = upping(*environment("a", *tags))
    environments.up(LVS_DR, wish("a"), protected=said)
    config = load_file(states.file)
    assert (config.protected, config.expires) == (protected, LATER)


def test_a_stack_file_with_findings_brings_nothing_up(upping, tmp_path: Path):
    environments, states = upping()
    bad = tmp_path / "Pulumi.bad.yaml"
    bad.write_text("config: {}\n")
    with pytest.raises(StackFileError):
        environments.up(bad, wish("a"), protected=None)
    assert states.has == []
