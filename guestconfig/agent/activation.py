"""Takes changed files into use: by a reload where the daemon runs, else by a start.

Files are taken in the order of ``paths.RULES``. Deliberately fixed: a file's kind decides what runs, never its
contents.
"""

from __future__ import annotations

from collections.abc import Iterable

from guestconfig import paths
from guestconfig.agent import checking, commands
from guestconfig.agent.guest import Guest

STEP = "activate"

# Links for the next boot are enough: to read all units anew was seen to take an emulated guest over a minute.
_ENABLE = ("--no-reload",)


def activate(guest: Guest, changed: Iterable[str], units: Iterable[str]) -> None:
    """Take these files into use as they are now, gone ones included, and run the units.

    What is gone is dropped first: who keeps a table from now on must not find it cleared by who kept it before.

    Raises:
        StepError: something refused.
    """
    pending = set(changed)
    loaded: set[str] = set()
    touched = {rule: sorted(path for path in pending if paths.rule_for(path) is rule) for rule in paths.RULES}
    present = {rule: [path for path in those if guest.at(path).exists()] for rule, those in touched.items()}
    for rule in paths.RULES:
        if touched[rule] and not present[rule]:
            _drop(rule)
    for rule in paths.RULES:
        for path in present[rule]:
            _take(guest, path, rule, loaded)
    wanted = sorted(units)
    if unlisted := [unit for unit in wanted if not _is_enabled(guest, unit)]:
        commands.must(STEP, ["systemctl", "enable", *_ENABLE, *unlisted])
    if wanted:
        commands.must(STEP, ["systemctl", "start", *wanted])


def _take(guest: Guest, path: str, rule: paths.Rule, loaded: set[str]) -> None:
    place = guest.at(path)
    if rule.kind == paths.MODULES:
        commands.must(STEP, ["modprobe", "-a", *checking.lines_of(place.read_text())])
    elif rule.kind == paths.SYSCTL:
        commands.must(STEP, ["sysctl", "-q", "-p", str(place)])
    elif rule.kind == paths.NFTABLES:
        commands.must(STEP, ["nft", "-f", str(place)])
    elif rule.kind == paths.OPTIONS:
        _restart(rule)
    elif rule.kind == paths.RESOLVED:
        _restart_where_it_runs(rule)
    elif rule.unit and rule.unit not in loaded:
        # All files are in their places already, so that once is enough for a unit.
        loaded.add(rule.unit)
        # rsyslog's reload is for rotated files, its configuration it reads at its start.
        _load(rule.unit, "restart" if rule.kind == paths.RSYSLOG else "reload-or-restart")


def _restart(rule: paths.Rule) -> None:
    # A command line is read at the start only; what does not run yet is started when its configuration is there.
    commands.must(STEP, ["systemctl", "try-restart", str(rule.unit)])


def _restart_where_it_runs(rule: paths.Rule) -> None:
    # Not every image has it; where another resolver is in use, nothing is to be done.
    if commands.run(["systemctl", "is-active", "--quiet", str(rule.unit)])[0] == 0:
        _restart(rule)


def _load(unit: str, how: str) -> None:
    # A reload keeps virtual IPs and connections; what does not run is started.
    order = ["systemctl", how, unit]
    if commands.run(order)[0]:
        # It may only be that systemd has counted too many failed starts.
        commands.run(["systemctl", "reset-failed", unit])
        commands.must(STEP, order)


def _is_enabled(guest: Guest, unit: str) -> bool:
    # systemctl would take a second to say so on an emulated guest, and many more to do it again.
    return any(guest.at("/etc/systemd/system").glob(f"*.wants/{unit}"))


def _drop(rule: paths.Rule) -> None:
    if rule.kind == paths.NFTABLES:
        commands.run(["nft", "delete", "table", *paths.NFTABLES_TABLE])
        commands.must(STEP, ["systemctl", "disable", *_ENABLE, "nftables.service"])
    elif rule.kind in (paths.OPTIONS, paths.RSYSLOG):
        # The daemon goes on, as its package configures it.
        _restart(rule)
    elif rule.kind == paths.RESOLVED:
        _restart_where_it_runs(rule)
    elif rule.unit and rule.kind != paths.CERTIFICATE:
        commands.must(STEP, ["systemctl", "stop", rule.unit])
        commands.must(STEP, ["systemctl", "disable", *_ENABLE, rule.unit])
