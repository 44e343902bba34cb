"""Refuses a start that cannot succeed: before the first use by all that ``doctor`` knows, later by what is quick."""

import os

from lab import doctor, interpreter
from lab.errors import LabError
from lab.laboratory import Laboratory
from lab.layout import Layout


def require(layout: Layout) -> None:
    """Raise ``LabError`` naming everything the machine lacks, each with its remedy."""
    if os.geteuid() != 0:
        raise LabError(
            "vipstack lab",
            f"it runs as user {os.geteuid()}",
            "root: the lab makes namespaces, bridges and taps",
            "run it as root, or with sudo",
        )
    if interpreter.installed(layout):
        return  # it started here before
    if lacking := doctor.missing(layout):
        raise LabError(
            "this machine",
            "; ".join(f"{verdict.need}: {verdict.seen}" for verdict in lacking),
            "; ".join(verdict.wanted for verdict in lacking),
            "; ".join(verdict.remedy for verdict in lacking),
        )


def refuse_another_flavour(lab: Laboratory) -> None:
    """Raise ``LabError`` where the lab runs in another flavour: both would be one cloud to every client."""
    running = Layout.at_home(lab.layout.home).network
    if running is not lab.layout.network and lab.rooms.names():
        raise LabError(
            "vipstack lab",
            f"it runs with the network {running}",
            f"one flavour at a time: {lab.layout.network} was asked for",
            f"run `vipstack lab down` first, or `vipstack lab up --network {running}` to go on with this one",
        )
