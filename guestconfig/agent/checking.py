"""Judges a candidate before it replaces anything: by the daemon's own check where there is one."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Callable
from xml.etree import ElementTree as ET

from guestconfig import paths
from guestconfig.agent import commands, routing, storage
from guestconfig.agent.guest import StepError

STEP = "check"

_NO_DAEMON = "can't connect: is conntrackd running?"


def check(path: str, candidate: Path, kind: str) -> None:
    """Have one candidate judged.

    Raises:
        StepError: it was refused, with the checker's own words.
    """
    try:
        CHECKS.get(kind, _pass)(candidate)
    except StepError as error:
        raise StepError(STEP, [f"{path} was refused", *error.log]) from error
    except (ValueError, ET.ParseError) as error:
        raise StepError(STEP, [f"{path} was refused: {error}"]) from error


def lines_of(text: str) -> list[str]:
    """The lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip() and line.strip()[0] not in "#;"]


def _by(*words: str) -> Callable[[Path], None]:
    """The check of a program that is given the candidate as its last word."""

    def run(candidate: Path) -> None:
        commands.must(STEP, [*words, str(candidate)])

    return run


def _try(candidate: Path, text: str, *words: str) -> None:
    """Have a program judge what the candidate would say by now: other files' candidates are not in their places yet."""
    trial = storage.write_candidate(candidate, text.encode(), candidate.stat().st_mode & 0o777)
    try:
        _by(*words)(trial)
    finally:
        trial.unlink()


def _pass(_: Path) -> None:
    """Nobody can judge it before it is taken into use."""


def _check_keepalived(candidate: Path) -> None:
    """With a bond's first NIC for its bridge, where the bridge is still to be made: keepalived wants to see it."""
    bonds = storage.candidate_of(candidate.parents[1] / "vipstack/bonds.conf")
    if not bonds.exists():
        _by("keepalived", "-t", "-f")(candidate)
        return
    text = candidate.read_text()
    for line in lines_of(bonds.read_text()):
        bridge, _, _, nic, *_ = line.split()
        if not Path("/sys/class/net", bridge).exists():
            text = re.sub(rf"(?<= ){re.escape(bridge)}(?!\S)", nic, text)
    _try(candidate, text, "keepalived", "-t", "-f")


def _check_json(candidate: Path) -> None:
    json.loads(candidate.read_bytes())


def _check_xml(candidate: Path) -> None:
    ET.fromstring(candidate.read_bytes())  # noqa: S314 - from the program, and the parser reads no outer entities


def _check_conntrackd(candidate: Path) -> None:
    """Ask for statistics: conntrackd has no check, but this client reads the file first, and says what it refuses.

    Whether a daemon answers it is of no interest; it warns of what it would leave out.
    """
    code, lines = commands.run(["conntrackd", "-C", str(candidate), "-s"])
    complaints = [line for line in lines if ("[ERROR]" in line or "[warning]" in line) and _NO_DAEMON not in line]
    if complaints or code not in (0, 1):
        raise StepError(STEP, complaints or lines)


def _check_haproxy(candidate: Path) -> None:
    """With the certificates that come along, which are not in their places yet."""
    folder = candidate.parent / posixpath.basename(paths.CERTIFICATES)

    def waiting(certificate: re.Match[str]) -> str:
        place = storage.candidate_of(folder / certificate[1])
        return str(place) if place.exists() else certificate[0]

    text = re.sub(rf"{paths.CERTIFICATES}/([\w-]+\.pem)", waiting, candidate.read_text())
    _try(candidate, text, "haproxy", "-c", "-f")


def _check_certificate(candidate: Path) -> None:
    """Only that it is one, in words that show nothing of it; HAProxy reads it with its own configuration."""
    text = candidate.read_text()
    for part in ("-----BEGIN CERTIFICATE-----", "PRIVATE KEY-----"):
        if part not in text:
            raise ValueError(f"it has no line with {part}")


def _lines(pattern: str | re.Pattern[str]) -> Callable[[Path], None]:
    """The check that every line that says something is of one form."""

    def check_lines(candidate: Path) -> None:
        for line in lines_of(candidate.read_text()):
            if not re.fullmatch(pattern, line):
                raise ValueError(f"line {line!r}")

    return check_lines


CHECKS: Mapping[str, Callable[[Path], None]] = {
    paths.CONNTRACKD: _check_conntrackd,
    paths.KEEPALIVED: _check_keepalived,
    paths.NFTABLES: _by("nft", "-c", "-f"),
    paths.HAPROXY: _check_haproxy,
    paths.CERTIFICATE: _check_certificate,
    paths.RSYSLOG: _by("rsyslogd", "-N1", "-f"),
    paths.LOGROTATE: _by("logrotate", "--debug"),
    paths.JSON: _check_json,
    paths.XML: _check_xml,
    paths.FIREWALLD: _lines(r"DefaultZone=public|IPv6_rpfilter=no"),
    paths.SYSCTL: _lines(r"-?[\w./*-]+\s*=\s*\S.*"),
    # keepalived's command line, which its unit takes from one variable or the other.
    paths.OPTIONS: _lines(r'(DAEMON_ARGS|KEEPALIVED_OPTIONS)="(--log-detail)?( ?--log-facility=[0-7])?"'),
    paths.APACHE: _lines(r"Listen [\d.:]+"),
    paths.MODULES: _lines(r"[\w-]+"),
    paths.TABLE_NAMES: _lines(r"\d+ [\w-]+"),
    paths.ROUTING: _lines(routing.LINE),
    paths.BONDS: _lines(r"[\w-]+ [a-z-]+ (slow|fast)( [\w.-]+){2,}"),
    paths.RESOLVED: _lines(r"\[Resolve\]|DNS=[\d.]+( [\d.]+)*|Domains=[\w.-]+( [\w.-]+)*|(LLMNR|MulticastDNS)=no"),
    paths.NETWORKD: _lines(r"\[(Match|Network)\]|Name=[\w. -]+|DHCP=ipv4|LinkLocalAddressing=no"),
}
