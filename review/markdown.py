"""A report as the markdown of a pull request's comment (GitHub's and GitLab's dialects have all of it).

The first line is a marker: it finds the comment that is to be renewed. Names and values come from stack files and
clouds, so they stand in backquotes and fences: there markdown opens no tag and calls nobody.
"""

import re
from collections.abc import Iterable, Mapping
from html import escape

from review.document import Op, Remark
from review.interruption import Level
from review.report import FileDiff, Promise, Report, Row
from review.rules import BrokenRule
from review.stack import BOUND_NAMES, Count

_LONGEST = 60_000
"""Characters: GitHub refuses a comment of more than 65536. Diffs that would not fit are named and left out."""

_WORDS = {Op.CREATE: "create", Op.CHANGE: "change", Op.REPLACE: "replace", Op.DELETE: "delete"}
_FENCE = re.compile(r"`{3,}")
_MEANS = {
    Level.IN_PLACE: "clients notice nothing",
    Level.ROLLING: "clients notice at most a failover within its promised bound",
    Level.OUTAGE: "what serves goes away with nobody in its place",
}


def marker(stack: str) -> str:
    """The line by which a comment is known as this stack's preview."""
    return f"<!-- vipstack preview {stack} -->"


def markdown(report: Report) -> str:
    """The whole comment, ending with a newline."""
    head = "\n\n".join(
        part
        for part in (
            f"{marker(report.stack)}\n### `{report.stack}`: {headline(report)}",
            *_alerts(report),
            *_remarks(report.remarks),
            *_rules(report.broken),
            "" if report.failed else _numbers(report),
            "" if report.failed else _promises(report.promises),
            _table(report.rows),
        )
        if part
    )
    return f"{head}{_diffs(report.diffs, _LONGEST - len(head))}\n"


def headline(report: Report) -> str:
    """The whole in a few words."""
    if report.failed:
        return "the preview failed"
    if not report.rows:
        return "no changes"
    return ", ".join(f"{report.counts[op]} to {word}" for op, word in _WORDS.items() if report.counts[op])


def _alerts(report: Report) -> Iterable[str]:
    for why in report.reasons_for(Level.OUTAGE):
        yield f"> **Outage: {why}.**"
    rolling = report.reasons_for(Level.ROLLING)
    if rolling:
        yield "\n".join(f"> Rolling: {why}.  " for why in rolling).rstrip()


def _remarks(remarks: Iterable[Remark]) -> Iterable[str]:
    for remark in remarks:
        yield f"**{remark.severity.capitalize()}**\n\n{_fenced(remark.message)}"


def _rules(broken: Iterable[BrokenRule]) -> Iterable[str]:
    for rule in broken:
        means = "Advice" if rule.advisory else "Refused"
        yield f"**{means}, by the rule `{_cell(rule.name)}`**\n\n{_fenced(rule.message)}"


def _numbers(report: Report) -> str:
    return f"Servers: {_count(report.servers)}. Floating IPs: {_count(report.floating_ips)}."


def _count(count: Count) -> str:
    if count.before == count.after:
        return f"{count.after}, as before"
    return f"{count.before} → {count.after} (**{count.after - count.before:+d}**)"


def _promises(promises: tuple[Promise, ...]) -> str:
    if not promises:
        return ""
    changed = any(promise.before != promise.after for promise in promises)
    lines = [
        f"Promised failover bounds{'' if changed else ', unchanged'}: away at most, in seconds, after",
        "",
        "| virtual IP | a crash | a clean stop | a link down |",
        "|---|---|---|---|",
    ]
    for promise in promises:
        bounds = [_bound(promise, name) for name in BOUND_NAMES]
        lines.append(f"| `{_cell(promise.virtual_ip)}` | {' | '.join(bounds)} |")
    return "\n".join(lines)


def _bound(promise: Promise, name: str) -> str:
    before, after = _seconds(promise.before, name), _seconds(promise.after, name)
    return after if before == after else f"{before} → **{after}**"


def _seconds(bounds: Mapping[str, float] | None, name: str) -> str:
    return "none" if bounds is None else f"{bounds[name]:g}"


def _table(rows: tuple[Row, ...]) -> str:
    if not rows:
        return ""
    lines = ["| resource | what | why | interruption |", "|---|---|---|---|"]
    lines += [
        f"| {row.noun} `{_cell(row.name)}` | {_WORDS[row.op]} | {_cell('<br>'.join(row.why))} "
        f"| {_level(row.interruption.level)} |"
        for row in rows
    ]
    levels = sorted({row.interruption.level for row in rows}, reverse=True)
    lines += ["", "; ".join(f"*{level}*: {_MEANS[level]}" for level in levels) + "."]
    return "\n".join(lines)


def _level(level: Level) -> str:
    return f"**{level}**" if level is Level.OUTAGE else str(level)


def _diffs(diffs: tuple[FileDiff, ...], room: int) -> str:
    text = ""
    left_out: list[str] = []
    for diff in diffs:
        block = _diff(diff)
        if len(text) + len(block) > room:
            left_out.append(_title(diff))
        else:
            text += block
    if left_out:
        text += "\n\nToo long for a comment, to be read with `pulumi preview --diff`: " + "; ".join(left_out) + "."
    return text


def _diff(diff: FileDiff) -> str:
    if diff.file.lines is None:
        return f"\n\n{_title(diff)}: {diff.file.untold}, so its lines are not shown."
    body = _fenced("\n".join(diff.file.lines), "diff")
    return f"\n\n<details><summary>{_title(diff, within_html=True)}</summary>\n\n{body}\n\n</details>"


def _title(diff: FileDiff, *, within_html: bool = False) -> str:
    path = f"<code>{escape(diff.file.path)}</code>" if within_html else f"`{_cell(diff.file.path)}`"
    what = {"add": " (new)", "delete": " (removed)"}.get(diff.file.kind, "")
    return f"{path} on {', '.join(diff.hosts)}{what}"


def _fenced(text: str, language: str = "") -> str:
    """A code block whose fence is longer than any within it."""
    fence = "`" * max([3, *(len(found) + 1 for found in _FENCE.findall(text))])
    return f"{fence}{language}\n{text}\n{fence}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
