"""The order, the patience and the limits of a teardown without a state."""

from collections.abc import Callable

import pytest
from tests.unit.environments.project import ListedProject, environment

from environments.errors import EnvError
from environments.inventory import Kind, Thing
from environments.teardown import prove_gone, tear_down


def no_wait(_: float) -> None:
    pass


def ended(project: ListedProject, bound: float = 60, sleep: Callable[[float], None] = no_wait) -> list[str]:
    said: list[str] = []
    tear_down(project, "pr-1", said.append, bound, sleep)
    return said


def test_everything_of_the_stack_goes_in_order_and_nothing_else():
    others = environment("pr-1-x")
    project = ListedProject([*others, *environment("pr-1")])
    said = ended(project)
    assert [thing.kind for thing in project.deleted] == list(Kind)
    assert project.there == others
    assert said[0] == "deleting server pr-1-director-1"


def test_while_a_server_is_there_nothing_that_it_uses_is_asked_for():
    asked: list[Thing] = []

    class Slow(ListedProject):
        def delete(self, thing: Thing) -> str | None:
            asked.append(thing)
            return super().delete(thing)

    ended(Slow(environment("pr-1"), {"pr-1-server": 2}))
    assert [thing.kind for thing in asked[:4]] == [Kind.SERVER, Kind.SERVER, Kind.SERVER, Kind.SERVER_GROUP]


def test_what_is_in_use_is_asked_for_again_and_said_once():
    said = ended(ListedProject(environment("pr-1"), {"pr-1-net": 3}))
    assert said.count("deleting network pr-1-web") == 1


def test_what_stays_in_use_is_named_with_the_reason_after_the_bound():
    project = ListedProject(environment("pr-1"), {"pr-1-server": 1000}, why="it is being shut down")
    with pytest.raises(EnvError) as refused:
        ended(project, bound=0)
    assert "server pr-1-director-1: it is being shut down" in refused.value.got
    assert "it goes on from here" in refused.value.remedy


def test_a_run_that_was_cut_short_is_gone_on_with():
    project = ListedProject(environment("pr-1"))

    def cut(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ended(project, sleep=cut)
    assert project.there, "the server went, the rest is left"
    ended(project)
    assert project.there == []
    ended(project)


def test_what_becomes_protected_meanwhile_is_left():
    project = ListedProject(environment("pr-1"))

    def protect(_: float) -> None:
        project.there = [
            Thing(thing.kind, thing.id, thing.name, (*thing.tags, "vipstack-protected") if thing.tags else ())
            for thing in project.there
        ]

    with pytest.raises(EnvError, match="it is protected"):
        ended(project, sleep=protect)
    assert project.there


def test_what_is_left_is_named_with_its_id():
    with pytest.raises(EnvError) as refused:
        prove_gone(ListedProject([Thing(Kind.PORT, "1234", "pr-1-director-1-web")]), "pr-1")
    assert refused.value.got == "still there: port pr-1-director-1-web (1234)"


def test_nothing_left_is_no_trouble():
    prove_gone(ListedProject(environment("pr-2")), "pr-1")
