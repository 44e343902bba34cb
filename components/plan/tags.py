"""The tags of a stack: what its resources say of themselves to whoever meets them without its state.

Owns the vocabulary, both ways: what a plan puts on every resource, and what the tags of a resource that is found say.
Each fits Nova's server tags (at most 60 characters, no comma, no slash), which are the narrower ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from components.config.expiry import read, written
from components.config.stack import StackConfig

STACK = "vipstack:"
EXPIRES = "vipstack-expires:"
PROTECTED = "vipstack-protected"
RESERVED = (STACK, EXPIRES, PROTECTED)
"""What the operator's own tags do not begin with."""


@dataclass(frozen=True)
class Marks:
    """What the tags of one resource say; ``unreadable`` is an expiry that is there and names no moment."""

    stack: str
    expires: datetime | None
    protected: bool
    unreadable: str | None = None


def plan_tags(stack: str, config: StackConfig) -> tuple[str, ...]:
    """The operator's tags and ours, in Neutron's own order, so that a refresh shows no change."""
    ours = [f"{STACK}{stack}"]
    if config.expires:
        ours.append(expiry_tag(config.expires))
    if config.protected:
        ours.append(PROTECTED)
    return tuple(sorted({*config.tags, *ours}))


def expiry_tag(moment: datetime) -> str:
    """The tag that says when a stack may be torn down."""
    return f"{EXPIRES}{written(moment)}"


def marks(tags: Iterable[str]) -> Marks | None:
    """What tags say; None where they name no stack, or more than one."""
    found = sorted(tags)
    stacks = [tag.removeprefix(STACK) for tag in found if tag.startswith(STACK)]
    if len(stacks) != 1:
        return None
    moments: list[datetime] = []
    unreadable = None
    for text in (tag.removeprefix(EXPIRES) for tag in found if tag.startswith(EXPIRES)):
        try:
            moments.append(read(text))
        except ValueError:
            unreadable = text
    return Marks(stacks[0], max(moments, default=None), PROTECTED in found, unreadable)
