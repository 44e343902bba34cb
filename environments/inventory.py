"""What there is of stacks in a cloud's project, judged by tags and names: pure.

A server group is the one resource of a stack that takes no tags; its name, ``<stack>-<role>``, is unambiguous since the
roles are few and known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from components.plan.hosts import Role
from components.plan.tags import Marks, marks
from environments.lifetimes import left


class Kind(StrEnum):
    """The kinds of a stack's resources, in the order in which they can go.

    Security groups are last: they bear tags, and so say to a later run whose the rest is.
    """

    SERVER = "server"
    SERVER_GROUP = "server group"
    FLOATING_IP = "floating IP"
    PORT = "port"
    ROUTER = "router"
    SUBNET = "subnet"
    NETWORK = "network"
    SECURITY_GROUP = "security group"


@dataclass(frozen=True)
class Thing:
    """A resource that was found; a floating IP's name is its address."""

    kind: Kind
    id: str
    name: str
    tags: tuple[str, ...] = ()

    @property
    def marks(self) -> Marks | None:
        """What its tags say of a stack."""
        return marks(self.tags)

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Found:
    """A stack as its resources show it. ``expires`` is None for a stack without an end: no environment."""

    name: str
    things: tuple[Thing, ...]
    expires: datetime | None
    protected: bool
    unreadable: str | None

    @property
    def is_environment(self) -> bool:
        """Whether it has an end, readable or not."""
        return self.expires is not None or self.unreadable is not None


def group_names(stack: str) -> frozenset[str]:
    """What the stack's server groups are called."""
    return frozenset(f"{stack}-{role.value}" for role in Role)


def stacks(things: Iterable[Thing]) -> tuple[Found, ...]:
    """Every stack of which something bears a tag, by name."""
    everything = tuple(things)
    names = {found.stack for thing in everything if (found := thing.marks)}
    return tuple(stack_of(name, everything) for name in sorted(names))


def stack_of(name: str, things: Iterable[Thing]) -> Found:
    """What there is of one stack; nothing, where it is gone.

    Of several ends the latest counts, and protection of one resource protects all: a change of tags may have been cut
    short.
    """
    groups = group_names(name)
    own = tuple(
        thing
        for thing in sorted(things, key=lambda thing: (list(Kind).index(thing.kind), thing.name))
        if (thing.marks and thing.marks.stack == name) or (thing.kind is Kind.SERVER_GROUP and thing.name in groups)
    )
    said = [found for thing in own if (found := thing.marks)]
    return Found(
        name=name,
        things=own,
        expires=max((found.expires for found in said if found.expires), default=None),
        protected=any(found.protected for found in said),
        unreadable=next((found.unreadable for found in said if found.unreadable is not None), None),
    )


def leftovers(name: str, things: Iterable[Thing]) -> tuple[Thing, ...]:
    """What is the stack's by tag, or by name where no tag and no other stack claims it.

    A provider that is killed between creation and tagging leaves a resource with nothing but its name.
    """
    everything = tuple(things)
    own = stack_of(name, everything).things
    others = {thing.id for found in stacks(everything) if found.name != name for thing in found.things}
    named = (
        thing
        for thing in everything
        if thing not in own
        and not thing.marks
        and thing.id not in others
        and (thing.name == name or thing.name.startswith(f"{name}-"))
    )
    return (*own, *named)


def is_over(found: Found, now: datetime) -> bool:
    """Whether a sweep tears it down: past its end, and neither protected nor in doubt."""
    return not found.protected and found.unreadable is None and found.expires is not None and found.expires <= now


def verdict(found: Found, now: datetime) -> str:
    """What a sweep makes of an environment, in words."""
    if found.protected:
        return "stays: it is protected"
    if found.unreadable is not None:
        return f'stays: its tag "{found.unreadable}" names no time; `vipstack env extend` writes it anew'
    if found.expires is None:
        return "stays: it has no end"
    return f"{'goes' if is_over(found, now) else 'stays'}: {left(found.expires, now)}"
