"""Routing tables and rules of the guest's own: what /etc/vipstack/routing.conf asks for, and what the kernel has of it.

A line is ``route`` or ``rule`` and what ip-route(8) or ip-rule(8) takes after ``add``, in one fixed order of words, so
that the kernel's answers can be written as lines of the same form and compared. What is ours carries a protocol number
of its own: DHCP's, keepalived's and the operator's routes are neither counted nor touched.
"""

from __future__ import annotations

import json
import re
from typing import Any

from guestconfig.agent import commands

CONFIG = "/etc/vipstack/routing.conf"

# rtnetlink(7): numbers above 4 are for whoever wants one; this one is nobody's in iproute2's rt_protos.
PROTOCOL = "118"

# The number of the main table, in rules by its name.
_MAIN = "254"

_A = r"\d{1,3}(\.\d{1,3}){3}"
LINE = re.compile(
    rf"route ({_A}/\d+|default via {_A}) dev \S+ table \d+( metric \d+)?"
    rf"|rule (from|to) {_A} table \d+ priority \d+"
    r"|rule table (\d+|main suppress_prefixlength 0) priority \d+"
)

_SHOW_ROUTES = ["ip", "-Numeric", "-json", "-4", "route", "show", "table", "all", "proto", PROTOCOL]
_SHOW_RULES = ["ip", "-Numeric", "-json", "-4", "rule", "show"]


def lines_of(text: str) -> list[str]:
    """The lines of a configuration that say something."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def present() -> list[str]:
    """What the kernel has of ours, as lines: routes, then rules."""
    return [*routes(_json(_SHOW_ROUTES)), *rules(_json(_SHOW_RULES), PROTOCOL)]


def routes(rows: list[dict[str, Any]]) -> list[str]:
    """``ip -json route show`` as lines."""
    return [
        f"route {row['dst']}{f' via {gateway}' if (gateway := row.get('gateway')) else ''} "
        f"dev {row['dev']} table {row['table']}{f' metric {metric}' if (metric := row.get('metric')) else ''}"
        for row in rows
    ]


def rules(rows: list[dict[str, Any]], protocol: str) -> list[str]:
    """Those of ``ip -json rule show`` that carry a protocol number, as lines."""
    return [_rule(row) for row in rows if row.get("protocol") == protocol]


def all_rules() -> list[str]:
    """Every rule that the kernel has, whoever made it, as lines."""
    return [_rule(row) for row in _json(_SHOW_RULES)]


def _rule(row: dict[str, Any]) -> str:
    words = ["rule"]
    if row["src"] != "all":
        words += ["from", row["src"]]
    if "dst" in row:
        words += ["to", row["dst"]]
    words += ["table", "main" if row["table"] == _MAIN else row["table"]]
    if "suppress_prefixlen" in row:
        words += ["suppress_prefixlength", str(row["suppress_prefixlen"])]
    return " ".join([*words, "priority", str(row["priority"])])


def add(line: str) -> str | None:
    """Add what a line says; why that was refused, None where it was not."""
    kind, *words = line.split()
    # A route that is there with another gateway is replaced; two equal rules are refused by the kernel.
    verb = "replace" if kind == "route" else "add"
    return _ip([kind, verb, *words])


def delete(line: str) -> str | None:
    """Delete what a line says; why that was refused, None where it was not."""
    kind, *words = line.split()
    return _ip([kind, "delete", *words])


def _ip(words: list[str]) -> str | None:
    code, said = commands.run(["ip", "-4", *words, "protocol", PROTOCOL])
    return " ".join(said) if code else None


def _json(words: list[str]) -> list[dict[str, Any]]:
    code, said = commands.run(words)
    if code:
        raise OSError(f"`{' '.join(words)}` ended with {code}: {' '.join(said)}")
    return json.loads("\n".join(said) or "[]")
