"""The end of a stack through the OpenStack API alone: its state may be gone, and it may have been begun before.

In rounds: each looks anew at what there is, and asks for all that can go, in order. So a run that was cut short is gone
on with by the next, and what is in use is asked for again until a deadline.
"""

import time
from collections.abc import Callable
from typing import Protocol

from environments.errors import EnvError
from environments.inventory import Kind, Thing, leftovers, stack_of

BOUND = 300.0  # seconds: what a busy cloud takes to end a few servers, several times over
_BETWEEN_ROUNDS = 3.0  # seconds; Nova and Neutron settle in one or two


class Cloud(Protocol):
    """What a teardown needs of a project."""

    def things(self) -> tuple[Thing, ...]:
        """What there is."""
        ...

    def delete(self, thing: Thing) -> str | None:
        """Ask for a deletion; why not, where it is in use."""
        ...


def tear_down(
    cloud: Cloud,
    stack: str,
    say: Callable[[str], None],
    bound: float = BOUND,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Delete everything that bears the stack's tag, and its server groups.

    Args:
        cloud: the project.
        stack: the stack's name.
        say: is told each deletion once.
        bound: seconds after which what is still in use is left, and said.
        sleep: waits.

    Raises:
        EnvError: it became protected meanwhile, or something stays in use.
    """
    deadline, told = time.monotonic() + bound, set[str]()
    while (found := stack_of(stack, cloud.things())).things:
        if found.protected:
            raise protected(stack)
        kept = _round(cloud, found.things, told, say)
        if time.monotonic() > deadline:
            raise _in_use(stack, kept or {str(thing): "still there" for thing in found.things})
        sleep(_BETWEEN_ROUNDS)


def _round(cloud: Cloud, things: tuple[Thing, ...], told: set[str], say: Callable[[str], None]) -> dict[str, str]:
    """Ask for all that can go now; what is in use, and why."""
    servers = tuple(thing for thing in things if thing.kind is Kind.SERVER)
    kept: dict[str, str] = {}
    # While a server is there, its ports and its group are in use.
    for thing in servers or things:
        if thing.id not in told:
            told.add(thing.id)
            say(f"deleting {thing}")
        if why := cloud.delete(thing):
            kept[str(thing)] = why
    return kept


def prove_gone(cloud: Cloud, stack: str) -> None:
    """Ask the APIs for anything that is left.

    Raises:
        EnvError: something is.
    """
    if left := leftovers(stack, cloud.things()):
        raise EnvError(
            stack,
            f"still there: {', '.join(f'{thing} ({thing.id})' for thing in left)}",
            "nothing of the stack in the cloud",
            "look at each with `openstack`; what has the stack's name but no tag is deleted by nobody but you",
        )


def protected(stack: str) -> EnvError:
    """The refusal to touch a protected stack."""
    return EnvError(
        stack,
        "it is protected",
        "`vipstack env` tears down no protected stack",
        f"where it may go: `vipstack env up --name {stack} --no-protect ...`, then this again",
    )


def _in_use(stack: str, kept: dict[str, str]) -> EnvError:
    return EnvError(
        stack,
        f"in use for too long: {'; '.join(f'{thing}: {why}' for thing, why in kept.items())}",
        "that nobody else uses a resource of the environment",
        "free what is named, then run the same again: it goes on from here",
    )
