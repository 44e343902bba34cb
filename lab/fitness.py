"""Refuses a start that cannot succeed: before the first use by all that ``doctor`` knows, later by what is quick."""

import os

from lab import doctor, interpreter
from lab.errors import LabError
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
