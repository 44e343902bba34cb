"""Drift: what is otherwise in the cloud than the last update left it, in words, with the two ways out.

``pulumi preview --refresh`` gives each resource twice: as the state had it, and as the cloud has it. What differs is
drift, whatever the program wants; what the program wants beyond it is an edit that was never brought up. Beside what
the engine would change this watches what it lets pass: a stopped server, a resized one, an address pair or a group
that somebody added to a port.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from review.document import Change, Op, Preview, State
from review.files import SECRET
from review.interruption import Interruption, Level, interruptions
from review.reasons import shown
from review.report import noun_of
from review.stack import CONFIGURATION, FLOATING_IP, INSTANCE, PORT, stack_around
from review.suspects import Suspicion, suspicion

# Properties that are compared although the program leaves them to the cloud.
_WATCHED: Mapping[str, tuple[str, ...]] = {
    INSTANCE: ("powerState", "flavorId", "imageId"),
    CONFIGURATION: ("digest",),
    PORT: ("allowedAddressPairs", "portSecurityEnabled", "allSecurityGroupIds", "adminStateUp", "fixedIps"),
    FLOATING_IP: ("portId", "fixedIp"),
}


@dataclass(frozen=True)
class Difference:
    """A property: what the last update left, and what is there now."""

    name: str
    left: object
    found: object

    def __str__(self) -> str:
        """As a clause."""
        if self.name == "digest":
            return "the configuration that was delivered is no longer in the server's metadata"
        left, found = shown(self.left), shown(self.found)
        if SECRET in (self.left, self.found) or left is None or found is None:
            return f"`{self.name}` differs"
        return f"`{self.name}` is {found}, the update left {left}"


@dataclass(frozen=True)
class Drifted:
    """A resource that is gone (no differences) or different, who that may have been, and the ways out."""

    noun: str
    name: str
    differences: tuple[Difference, ...]
    suspicion: Suspicion
    mending: Interruption

    @property
    def gone(self) -> bool:
        """Whether the cloud has it no longer."""
        return not self.differences


@dataclass(frozen=True)
class Drift:
    """What drifted, and what of the stack file was never brought up: noun, name and what would happen."""

    stack: str
    drifted: tuple[Drifted, ...]
    pending: tuple[tuple[str, str, Op], ...]

    @property
    def none(self) -> bool:
        """Whether cloud, state and stack file agree."""
        return not (self.drifted or self.pending)


def drift(stack: str, preview: Preview) -> Drift:
    """What a preview with ``--refresh`` found.

    Args:
        stack: its name.
        preview: of ``pulumi preview --refresh --json --show-sames``.
    """
    around = stack_around(stack, preview)
    verdicts = interruptions(preview, around)
    drifted: list[Drifted] = []
    pending: list[tuple[str, str, Op]] = []
    for change in sorted(preview.changes, key=lambda one: (noun_of(one), one.name)):
        before = preview.before_refresh.get(change.urn)
        gone = before is not None and change.old is None
        differences = () if before is None or gone else _differences(change, before)
        if before and (gone or differences):
            drifted.append(
                Drifted(
                    noun_of(change),
                    change.name,
                    differences,
                    suspicion(change, before, [one.name for one in differences], around.name),
                    verdicts[change.urn],
                )
            )
        rest = _tops(change) - {one.name for one in differences}
        if not gone and change.op is not Op.SAME and (rest or change.op is not Op.CHANGE):
            pending.append((noun_of(change), change.name, change.op))
    return Drift(around.name, tuple(drifted), tuple(pending))


def words(found: Drift) -> str:
    """The whole in words, without a newline at the end."""
    if found.none:
        return f"{found.stack}: no drift; cloud, state and stack file agree"
    lines: list[str] = []
    if found.drifted:
        count = len(found.drifted)
        lines.append(f"{found.stack}: {count} resource{'s' if count > 1 else ''} drifted")
    for one in found.drifted:
        what = ["is gone from the cloud"] if one.gone else [str(difference) for difference in one.differences]
        lines.append(f"- {one.noun} {one.name}: {'; '.join(what)}")
        lines.append(f"    by: {one.suspicion.who}")
        lines.append(f"    put it back: {one.suspicion.back}{_cost(one.mending)}")
        lines.append(f"    or keep it: {one.suspicion.keep}")
    if found.pending:
        lines.append(f"{found.stack}: the stack file is ahead of the last update; these are no drift")
        lines += [f"- {noun} {name}: to {op}" for noun, name, op in found.pending]
        lines.append(f"    bring it up: pulumi up -s {found.stack}, or put the stack file back")
    return "\n".join(lines).replace("`", "")


def _cost(mending: Interruption) -> str:
    return "" if mending.level is Level.IN_PLACE else f" ({mending.level}: {mending.why})"


def _differences(change: Change, before: State) -> tuple[Difference, ...]:
    after = change.old or State()
    ours = {name for name in (*before.inputs, *after.inputs) if not name.startswith("__")}
    names = {*ours, *_WATCHED.get(change.type, ()), *_tops(change)} & {*before.outputs, *after.outputs}
    found = [
        Difference(name, _plain(before.outputs.get(name)), _plain(after.outputs.get(name))) for name in sorted(names)
    ]
    return tuple(one for one in found if one.left != one.found)


def _plain(value: object) -> object:
    """A value without what providers fill in on reading: notes of their own, and empty fields."""
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        kept = {key: _plain(item) for key, item in items if not key.startswith("__")}
        return {key: item for key, item in kept.items() if item not in (None, "", [], {}, False)} or None
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)] or None
    return value


def _tops(change: Change) -> set[str]:
    return {path.partition(".")[0].partition("[")[0] for path in change.paths}
