"""Routing tables and rules of the guest's own: what /etc/vipstack/routing.conf asks for, and what the kernel has of it.

A line is ``route`` or ``rule`` and what ip-route(8) or ip-rule(8) takes after ``add``, in one fixed order of words, so
that the kernel's answers can be written as lines of the same form and compared. Lines of IPv6 begin with ``-6``: the
kernel keeps the families apart. What is ours carries a protocol number of its own: DHCP's, keepalived's and the
operator's routes are neither counted nor touched.
"""

from __future__ import annotations

import json
import re
from typing import Any

from guestconfig.agent import commands

CONFIG = "/etc/vipstack/routing.conf"

# rtnetlink(7): numbers above 4 are for whoever wants one; this one is nobody's in iproute2's rt_protos.
PROTOCOL = "118"

_OURS = ("protocol", PROTOCOL)

# The number of the main table, in rules by its name.
_MAIN = "254"

# IP6_RT_PRIO_USER in the kernel's net/ip6_route.h: what a route of IPv6 has that says no metric.
_METRIC_UNSAID = 1024


def _lines(option: str, address: str) -> str:
    """The form of a family's lines."""
    return (
        rf"{option}route ({address}/\d+|default via {address}) dev \S+ table \d+( metric \d+)?"
        rf"|{option}rule (from|to) {address} table \d+ priority \d+"
        rf"|{option}rule table (\d+|main suppress_prefixlength 0) priority \d+"
    )


# What the lines of a family begin with.
FOUR, SIX = "", "-6 "
_BOTH = (FOUR, SIX)

_OF_FOUR = _lines(FOUR, r"\d{1,3}(?:\.\d{1,3}){3}")
_OF_SIX = _lines(SIX, r"[0-9a-f]*:[0-9a-f:]*")
LINE = re.compile(f"{_OF_FOUR}|{_OF_SIX}")


def lines_of(text: str) -> list[str]:
    """The lines of a configuration that say something."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def present() -> list[str]:
    """What the kernel has of ours, as lines: routes, then rules."""
    routing = [routes(_shown(family, "route", "show", "table", "all", "proto", PROTOCOL), family) for family in _BOTH]
    ruling = [rules(_shown(family, "rule", "show"), PROTOCOL, family) for family in _BOTH]
    return [line for lines in (*routing, *ruling) for line in lines]


def routes(rows: list[dict[str, Any]], family: str = FOUR) -> list[str]:
    """``ip -json route show`` as lines."""
    return [
        f"{family}route {row['dst']}{f' via {gateway}' if (gateway := row.get('gateway')) else ''} "
        f"dev {row['dev']} table {row['table']}{f' metric {metric}' if (metric := _metric(row, family)) else ''}"
        for row in rows
    ]


def _metric(row: dict[str, Any], family: str) -> int | None:
    """A route's metric, where its line would say one."""
    metric = row.get("metric")
    return None if family == SIX and metric == _METRIC_UNSAID else metric


def rules(rows: list[dict[str, Any]], protocol: str, family: str = FOUR) -> list[str]:
    """Those of ``ip -json rule show`` that carry a protocol number, as lines."""
    return [_rule(row, family) for row in rows if row.get("protocol") == protocol]


def all_rules() -> list[str]:
    """Every rule that the kernel has, whoever made it, as lines."""
    return [_rule(row, family) for family in _BOTH for row in _shown(family, "rule", "show")]


def _rule(row: dict[str, Any], family: str) -> str:
    words = [f"{family}rule"]
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
    # A route that is there with another gateway is replaced; two equal rules are refused by the kernel.
    return _ip(line, "replace" if line.removeprefix(SIX).startswith("route") else "add")


def delete(line: str) -> str | None:
    """Delete what a line says; why that was refused, None where it was not."""
    return _ip(line, "delete")


def _ip(line: str, verb: str) -> str | None:
    kind, *words = line.removeprefix(SIX).split()
    code, said = commands.run(["ip", _option(SIX if line.startswith(SIX) else FOUR), kind, verb, *words, *_OURS])
    return " ".join(said) if code else None


def _option(family: str) -> str:
    return "-6" if family == SIX else "-4"


def _shown(family: str, *words: str) -> list[dict[str, Any]]:
    """What ip(8) shows; of IPv6 nothing where the kernel has none of it, which adding to it would say."""
    command = ["ip", "-Numeric", "-json", _option(family), *words]
    code, said = commands.run(command)
    if code and family == SIX:
        return []
    if code:
        raise OSError(f"`{' '.join(command)}` ended with {code}: {' '.join(said)}")
    return json.loads("\n".join(said) or "[]")
