"""The CLI's preview document, read: which resource, what happens to it, and why.

``pulumi preview --json --show-sames`` prints steps in the order in which the engine took them. A replacement has up to
three of them. With ``--refresh`` each resource has one more, which has it as the state had it; the later ones have it
as the cloud has it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from review.errors import ReviewError

STACK_TYPE = "pulumi:pulumi:Stack"


class Op(StrEnum):
    """What happens to a resource."""

    CREATE = "create"
    CHANGE = "change"
    REPLACE = "replace"
    DELETE = "delete"
    SAME = "same"


_OPS = {
    "create": Op.CREATE,
    "import": Op.CREATE,
    "update": Op.CHANGE,
    "replace": Op.REPLACE,
    "create-replacement": Op.REPLACE,
    "delete-replaced": Op.REPLACE,
    "import-replacement": Op.REPLACE,
    "delete": Op.DELETE,
    "same": Op.SAME,
}
_REPLACING = frozenset(word for word, op in _OPS.items() if op is Op.REPLACE)


@dataclass(frozen=True)
class State:
    """A resource before or after: its inputs, and what the provider knows besides. Secrets are ``[secret]`` already."""

    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    parent: str = ""
    id: str = ""


@dataclass(frozen=True)
class Change:
    """What happens to one resource.

    ``paths`` are the differing properties in Pulumi's notation, each with its kind (``add``, ``delete``, ``update``,
    and the same with ``-replace``); ``replace_reasons`` the properties that force a replacement.
    """

    urn: str
    type: str
    name: str
    op: Op
    old: State | None = None
    new: State | None = None
    paths: Mapping[str, str] = field(default_factory=dict[str, str])
    replace_reasons: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        """The URN of its component."""
        return (self.new or self.old or State()).parent


@dataclass(frozen=True)
class Remark:
    """What the program or the engine said; ``severity`` is ``error``, ``warning`` or ``info``."""

    severity: str
    message: str


@dataclass(frozen=True)
class Preview:
    """A preview document.

    ``changes`` are all resources, also those that stay the same, in the engine's order. ``before_refresh`` is, by URN,
    what the state had where a refresh looked into the cloud. ``config`` is the stack file as the engine has it: text by
    key, secrets blinded. ``outputs`` are the stack's of now, empty where there is none yet.
    """

    changes: tuple[Change, ...]
    before_refresh: Mapping[str, State]
    config: Mapping[str, str]
    outputs: Mapping[str, Any]
    remarks: tuple[Remark, ...]

    @property
    def failed(self) -> bool:
        """Whether it ended in errors."""
        return any(remark.severity == "error" for remark in self.remarks)


def read(document: Mapping[str, Any]) -> Preview:
    """Read a document.

    Raises:
        ReviewError: it is not one of ``pulumi preview --json``.
    """
    try:
        steps: list[Mapping[str, Any]] = document.get("steps") or []
        changes = _changes(steps)
        root = next((change for change in changes if change.type == STACK_TYPE), None)
        return Preview(
            changes=tuple(change for change in changes if _is_real(change)),
            before_refresh={
                step["urn"]: _state(step.get("oldState")) or State() for step in steps if _is_refresh(step)
            },
            config=document["config"],
            outputs=root.old.outputs if root and root.old else {},
            remarks=tuple(_remarks(document.get("diagnostics") or [])),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ReviewError(
            "preview",
            f"the document cannot be read ({error!r})",
            "what `pulumi preview --json` prints, of a CLI as toolchain/cli/go.mod pins it",
            "see `vipstack toolchain` for the CLI in use",
        ) from None


def _is_real(change: Change) -> bool:
    """Whether it stands for something in the cloud: components and providers do not."""
    return not change.type.startswith(("pulumi:", "vipstack:"))


def _changes(steps: Iterable[Mapping[str, Any]]) -> list[Change]:
    """What the program does to each resource."""
    by_resource: dict[str, list[Mapping[str, Any]]] = {}
    for step in steps:
        if step["op"] in _OPS:
            by_resource.setdefault(step["urn"], []).append(step)
    return [_change(one) for one in by_resource.values()]


def _is_refresh(step: Mapping[str, Any]) -> bool:
    return step["op"] == "refresh"


def _change(steps: list[Mapping[str, Any]]) -> Change:
    """One change of a resource's steps: a replacement's middle one has the reasons."""
    chosen = next((step for step in steps if step["op"] == "replace"), steps[-1])
    op = Op.REPLACE if any(step["op"] in _REPLACING for step in steps) else _OPS[chosen["op"]]
    detailed: Mapping[str, Any] = chosen.get("detailedDiff") or {}
    reasons: list[str] = chosen.get("diffReasons") or []
    urn: str = chosen["urn"]
    return Change(
        urn=urn,
        type=urn.split("::")[2].rpartition("$")[2],
        name=urn.split("::", 3)[3],
        op=op,
        old=_state(chosen.get("oldState")),
        new=_state(chosen.get("newState")),
        paths={path: diff["kind"] for path, diff in detailed.items()} or dict.fromkeys(reasons, "update"),
        replace_reasons=tuple(chosen.get("replaceReasons") or ()),
    )


def _state(state: Mapping[str, Any] | None) -> State | None:
    if state is None:
        return None
    return State(
        state.get("inputs") or {}, state.get("outputs") or {}, state.get("parent") or "", state.get("id") or ""
    )


def _remarks(diagnostics: Iterable[Mapping[str, Any]]) -> Iterable[Remark]:
    for one in diagnostics:
        severity: str = one["severity"]
        message = str(one["message"]).strip().removeprefix(f"{severity}: ")
        yield Remark("info" if severity.startswith("info") else severity, message)
