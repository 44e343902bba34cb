"""Can decide: each verdict on what was seen, and its words. Cannot: whether the looking sees rightly."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from lab import doctor as doctor_module
from lab.doctor import doctor, judge
from lab.examination import Examination
from lab.layout import Layout

FIT = Examination(
    user_id=0,
    machine="x86_64",
    release="debian 12",
    python=(3, 11),
    processors=2,
    memory_mib=23220,
    disk_mib=80000,
    lab_home="/var/lib/vipstack-lab",
    lab_runs=False,
    tun="",
    rooms="",
    apt="",
    pip="",
    busy_ports=(),
)


def _lacking(**changes: Any) -> list[tuple[str, str]]:
    return [(verdict.need, verdict.seen) for verdict in judge(replace(FIT, **changes)) if not verdict.fine]


def test_a_fit_machine_lacks_nothing() -> None:
    assert _lacking() == [], "a finding on a fit machine would stop everybody"


@pytest.mark.parametrize(
    ("changes", "need", "seen"),
    [
        ({"user_id": 1000}, "root", "user id 1000"),
        ({"release": "debian 13"}, "Debian 12 on x86-64", "debian 13, x86_64"),
        ({"machine": "aarch64"}, "Debian 12 on x86-64", "debian 12, aarch64"),
        ({"python": (3, 9)}, "Python", "3.9"),
        ({"processors": 1}, "processors", "1"),
        ({"memory_mib": 7167}, "memory", "7167 MiB available"),
        ({"disk_mib": 8191}, "disk", "8191 MiB free in /var/lib/vipstack-lab"),
        ({"tun": "No such file or directory"}, "/dev/net/tun", "No such file or directory"),
        (
            {"rooms": "unshare: unshare failed: Operation not permitted"},
            "namespaces",
            "unshare: unshare failed: Operation not permitted",
        ),
        ({"apt": "Failed to fetch"}, "apt", "Failed to fetch"),
        ({"pip": "no answer within 60 s"}, "pip", "no answer within 60 s"),
        ({"busy_ports": (5000, 9696)}, "ports", "in use by others: 5000, 9696"),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, Any], need: str, seen: str) -> None:
    assert _lacking(**changes) == [(need, seen)], "one lack is one finding, and no other follows from it"


def test_every_finding_has_a_reason_and_a_remedy() -> None:
    assert all(verdict.wanted and verdict.remedy for verdict in judge(FIT)), "a finding without a way out is a riddle"


def test_all_findings_come_at_once() -> None:
    assert len(_lacking(user_id=1000, tun="Permission denied", pip="no")) == 3, "nobody wants to be told one at a time"


def test_the_bound_itself_is_enough() -> None:
    assert _lacking(memory_mib=7168, disk_mib=8192) == [], "the table says that this much is wanted"


def test_what_the_running_lab_uses_is_not_held_against_the_machine() -> None:
    assert _lacking(lab_runs=True, memory_mib=100, busy_ports=(5000,)) == [], "doctor is also run beside a lab"


@pytest.mark.parametrize(
    ("tun", "status", "words"), [("", 0, "nothing is missing"), ("No such device", 1, "1 of 11 missing")]
)
def test_the_exit_status_says_whether_something_is_missing(
    monkeypatch: pytest.MonkeyPatch, tun: str, status: int, words: str
) -> None:
    monkeypatch.setattr(doctor_module, "examine", lambda _: replace(FIT, tun=tun))
    console = Console(record=True, width=100, quiet=False)
    assert doctor(Layout(Path("/nowhere")), console) == status, "make and people alike go by the exit status"
    shown = console.export_text()
    assert words in shown, "the last line is the one that is read"
    assert ("mknod /dev/net/tun" in shown) == bool(tun), "a remedy stands where something is missing, and only there"
