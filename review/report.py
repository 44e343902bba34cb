"""A preview as a reviewer reads it, before it is text: the rows, what they cost, the files, what is promised.

Deliberately knows no markdown; ``markdown`` and ``plain`` only write down what is here.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from review.document import Change, Op, Preview, Remark, read
from review.files import FileChange, file_changes
from review.interruption import Interruption, Level, interruptions
from review.reasons import reasons
from review.rules import BrokenRule
from review.stack import CONFIGURATION, Count, StackAround, stack_around

# What a reviewer calls them; any other resource keeps the last word of its type.
_NOUNS = {
    "openstack:compute/instance:Instance": "server",
    "openstack:compute/serverGroup:ServerGroup": "server group",
    CONFIGURATION: "guest files",
    "openstack:networking/floatingIp:FloatingIp": "floating IP",
    "openstack:networking/network:Network": "network",
    "openstack:networking/port:Port": "port",
    "openstack:networking/router:Router": "router",
    "openstack:networking/routerInterface:RouterInterface": "router interface",
    "openstack:networking/secGroup:SecGroup": "security group",
    "openstack:networking/secGroupRule:SecGroupRule": "rule",
    "openstack:networking/subnet:Subnet": "subnet",
}
_ORDER = {type_token: place for place, type_token in enumerate(_NOUNS)}


@dataclass(frozen=True)
class Row:
    """One resource: its noun and name, what happens, why (clauses, maybe none), and what that costs."""

    noun: str
    name: str
    op: Op
    why: tuple[str, ...]
    interruption: Interruption


@dataclass(frozen=True)
class FileDiff:
    """A file whose change is the same on one or several hosts; the lines around it are the first host's."""

    hosts: tuple[str, ...]
    file: FileChange


@dataclass(frozen=True)
class Promise:
    """A virtual IP's bounds in seconds, before and after, by the bound's name; None where it has none."""

    virtual_ip: str
    before: Mapping[str, float] | None
    after: Mapping[str, float] | None


@dataclass(frozen=True)
class Report:
    """Everything that a reviewer is told. ``rows`` are without those that stay, the dearest first."""

    stack: str
    failed: bool
    rows: tuple[Row, ...]
    diffs: tuple[FileDiff, ...]
    promises: tuple[Promise, ...]
    servers: Count
    floating_ips: Count
    remarks: tuple[Remark, ...]
    broken: tuple[BrokenRule, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether it must not be carried out: the preview failed, or a rule that does not only advise is broken."""
        return self.failed or any(not rule.advisory for rule in self.broken)

    @property
    def counts(self) -> Mapping[Op, int]:
        """How many resources each thing happens to."""
        return Counter(row.op for row in self.rows)

    @property
    def level(self) -> Level:
        """What the update costs at most."""
        return max((row.interruption.level for row in self.rows), default=Level.IN_PLACE)

    def reasons_for(self, level: Level) -> tuple[str, ...]:
        """Why the update costs that much: each reason once, in the order of the rows."""
        return tuple(dict.fromkeys(row.interruption.why for row in self.rows if row.interruption.level is level))


def report(stack: str, document: Mapping[str, Any], broken: tuple[BrokenRule, ...] = ()) -> Report:
    """What a reviewer is told of a preview.

    Args:
        stack: its name.
        document: what ``pulumi preview --json --show-sames`` printed.
        broken: the rules of policy packs that it would break.

    Raises:
        ReviewError: it cannot be read.
    """
    preview = read(document)
    around = stack_around(stack, preview)
    verdicts = interruptions(preview, around)
    # The engine takes its steps side by side: only what does not hang on that may decide the order.
    changed = sorted(
        (change for change in preview.changes if change.op is not Op.SAME),
        key=lambda change: (-verdicts[change.urn].level, _ORDER.get(change.type, len(_ORDER)), change.name),
    )
    return Report(
        stack=around.name,
        failed=preview.failed,
        rows=tuple(
            Row(noun_of(change), change.name, change.op, _why(change), verdicts[change.urn]) for change in changed
        ),
        diffs=_diffs(changed),
        promises=_promises(around),
        servers=around.servers,
        floating_ips=around.floating_ips,
        remarks=_remarks(preview),
        broken=broken,
    )


def noun_of(change: Change) -> str:
    """What a reviewer calls a resource."""
    if "vipstack:virtualip:VirtualIp$" in change.urn:
        return f"virtual IP's {_NOUNS.get(change.type, change.type)}"
    return _NOUNS.get(change.type, change.type.rpartition(":")[2])


def _why(change: Change) -> tuple[str, ...]:
    files = [f"`{file.path}`" for file in file_changes(change)]
    clauses = (*([f"files: {', '.join(files)}"] if files else []), *reasons(change))
    if clauses:
        return clauses
    return (_PLAIN_WHY[change.op],) if change.op in _PLAIN_WHY else ()


_PLAIN_WHY = {
    Op.CREATE: "not there yet",
    Op.DELETE: "not wanted any more",
    Op.REPLACE: "ordered by `--replace`",
}


def _diffs(changes: list[Change]) -> tuple[FileDiff, ...]:
    """The files' changes, each once where the same lines come and go on several hosts."""
    hosts: dict[tuple[object, ...], list[tuple[str, FileChange]]] = {}
    for change in changes:
        for file in file_changes(change):
            key = (
                file.path,
                file.kind,
                file.untold,
                file.lines and tuple(line for line in file.lines if line[0] in "+-"),
            )
            hosts.setdefault(key, []).append((change.name, file))
    return tuple(FileDiff(tuple(host for host, _ in found), found[0][1]) for found in hosts.values())


def _promises(around: StackAround) -> tuple[Promise, ...]:
    """Those of every virtual IP, before's first; where the stack file was refused, nothing is promised anew."""
    after = around.bounds_before if around.bounds_after is None else around.bounds_after
    keys = dict.fromkeys([*around.bounds_before, *after])
    return tuple(Promise(key, around.bounds_before.get(key), after.get(key)) for key in keys)


def _remarks(preview: Preview) -> tuple[Remark, ...]:
    """What was said as a warning or an error, once."""
    return tuple(dict.fromkeys(remark for remark in preview.remarks if remark.severity in ("error", "warning")))
