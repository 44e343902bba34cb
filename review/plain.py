"""A report as plain text, for a terminal and for logs; the same facts as the comment, in the same order."""

from collections.abc import Iterable

from review.document import Op
from review.interruption import Level
from review.markdown import headline
from review.report import FileDiff, Promise, Report
from review.stack import BOUND_NAMES, Count

_SIGNS = {Op.CREATE: "+", Op.CHANGE: "~", Op.REPLACE: "±", Op.DELETE: "-"}


def plain(report: Report) -> str:
    """The whole text, without a newline at the end."""
    return "\n".join(_lines(report)).replace("`", "")


def _lines(report: Report) -> Iterable[str]:
    yield f"{report.stack}: {headline(report)}"
    for level, word in ((Level.OUTAGE, "OUTAGE"), (Level.ROLLING, "rolling")):
        yield from (f"{word}: {why}" for why in report.reasons_for(level))
    yield from (f"{remark.severity}: {remark.message}" for remark in report.remarks)
    yield from (f"{'advice' if rule.advisory else 'REFUSED'} by {rule.name}: {rule.message}" for rule in report.broken)
    if report.failed:
        return
    yield f"servers {_count(report.servers)}, floating IPs {_count(report.floating_ips)}"
    yield from (_promise(promise) for promise in report.promises)
    for row in report.rows:
        why = f": {'; '.join(row.why)}" if row.why else ""
        yield f"  {_SIGNS[row.op]} {row.op} {row.noun} {row.name}, {row.interruption.level}{why}"
    for diff in report.diffs:
        yield from _diff(diff)


def _count(count: Count) -> str:
    return str(count.after) if count.before == count.after else f"{count.before} -> {count.after}"


def _promise(promise: Promise) -> str:
    bounds: list[str] = []
    for name in BOUND_NAMES:
        before, after = ("none" if side is None else f"{side[name]:g}" for side in (promise.before, promise.after))
        bounds.append(f"{name} {after if before == after else f'{before} -> {after}'}")
    return f"{promise.virtual_ip} is away at most, in seconds: {', '.join(bounds)}"


def _diff(diff: FileDiff) -> Iterable[str]:
    yield f"{diff.file.path} on {', '.join(diff.hosts)}"
    if diff.file.lines is None:
        yield f"    {diff.file.untold}, so its lines are not shown"
    yield from (f"    {line}" for line in diff.file.lines or ())
