"""The life of an environment: up, a later end, down, and the sweep of all that are over.

Decides the order and what is refused. What is deleted is found by tags in the cloud, and never by a list of ours: the
state may be gone, and another machine may have made it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from components.config.base import NAME_PATTERN
from components.config.load import load_file
from components.config.yaml_text import parse
from components.plan.stack import plan_stack
from components.plan.tags import EXPIRES, expiry_tag
from environments import neighbours, teardown
from environments.backend import PROJECT, Backend, LockedError
from environments.derive import Wish, derive
from environments.errors import EnvError
from environments.inventory import Found, Kind, is_over, stack_of, stacks
from environments.project import Project

Say = Callable[[str], None]

_ATTEMPTS = 2  # of `pulumi destroy`; what it leaves is deleted through the API


@dataclass(frozen=True)
class Environments:
    """The environments of a project in a cloud."""

    project: Project
    backend: Backend
    say: Say

    def all(self) -> tuple[Found, ...]:
        """Those that there are, by name."""
        return tuple(found for found in stacks(self.project.things()) if found.is_environment)

    def up(self, origin: Path, wish: Wish, *, protected: bool | None) -> dict[str, Any]:
        """Create or update an environment from a stack file; its outputs.

        Args:
            origin: the stack file that it is made from.
            wish: what is wanted.
            protected: None leaves it as it is.

        Raises:
            EnvError: it is refused, or failed.
            StackFileError: the stack file, or what was made of it, has findings.
        """
        _refuse_name(wish.name)
        there = stack_of(wish.name, self.project.things())
        if there.things and not there.is_environment:
            raise _somebody_s_stack(wish.name)
        config = load_file(origin)
        document, _ = parse(origin.read_text(encoding="utf-8"), str(origin))
        taken = neighbours.look(self.project.connection, plan_stack(wish.name, config))
        wanted = Wish(wish.name, wish.expires, there.protected if protected is None else protected, wish.ranges)
        written = self.backend.write(wish.name, derive(cast("dict[str, Any]", document), config, wanted, taken))
        load_file(written)
        self.backend.init(wish.name)
        self.backend.up(wish.name)
        return self.backend.outputs(wish.name)

    def extend(self, name: str, expires: datetime) -> None:
        """Give an environment another end, on each of its resources.

        Raises:
            EnvError: there is no such environment.
        """
        found = self._environment(name)
        for thing in found.things:
            if thing.kind is not Kind.SERVER_GROUP:
                rest = [tag for tag in thing.tags if not tag.startswith(EXPIRES)]
                self.project.retag(thing, tuple(sorted([*rest, expiry_tag(expires)])))

    def down(self, name: str) -> None:
        """End an environment whatever its time, and prove that nothing is left. One that is gone is fine.

        Raises:
            EnvError: it is refused, or something is left.
        """
        _refuse_name(name)
        found = stack_of(name, self.project.things())
        if found.things and not found.is_environment and any(thing.marks for thing in found.things):
            raise _somebody_s_stack(name)
        self._end(found)

    def sweep(self, now: datetime) -> tuple[EnvError, ...]:
        """End every environment that is over; the trouble with those that could not be ended."""
        troubles: list[EnvError] = []
        for candidate in self.all():
            # Somebody may have prolonged it while others were torn down.
            found = stack_of(candidate.name, self.project.things())
            if is_over(found, now):
                try:
                    self._end(found)
                except EnvError as error:
                    self.say(str(error))
                    troubles.append(error)
        return tuple(troubles)

    def _end(self, found: Found) -> None:
        if found.protected:
            raise teardown.protected(found.name)
        if found.name in self.backend.stacks():
            self._destroy(found.name)
        teardown.tear_down(self.project, found.name, self.say)
        teardown.prove_gone(self.project, found.name)
        self.backend.forget(found.name)
        self.say(f"{found.name}: nothing of it is left in the cloud")

    def _destroy(self, name: str) -> None:
        """By its state where there is one: that respects another update's lock."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self.backend.destroy(name)
            except LockedError:
                raise
            except EnvError as error:
                if attempt == _ATTEMPTS:
                    self.say(f"{error.where}: {error.got}; going on without its state")
            else:
                return

    def _environment(self, name: str) -> Found:
        found = stack_of(name, self.project.things())
        if not found.is_environment:
            if found.things:
                raise _somebody_s_stack(name)
            known = ", ".join(one.name for one in self.all()) or "none"
            raise EnvError(name, "there is no such environment", f"one of those that there are: {known}", "choose one")
        return found


def _refuse_name(name: str) -> None:
    if not re.fullmatch(NAME_PATTERN, name):
        raise EnvError(
            "--name",
            f'"{name}"',
            "lower-case letters, digits and hyphens, a letter first, at most 32 characters: it begins host names",
            "choose another",
        )
    if (PROJECT / "stacks" / f"Pulumi.{name}.yaml").exists():
        raise EnvError(
            "--name",
            f"{name} is a stack of stacks/",
            "an environment has a name of its own: `vipstack env` never touches another stack",
            "choose another, such as the pull request's number",
        )


def _somebody_s_stack(name: str) -> EnvError:
    return EnvError(
        name,
        "there is a stack of this name in the cloud, and it has no end",
        "`vipstack env` touches what has an end alone",
        "choose another name; a stack is torn down by `pulumi destroy`",
    )
