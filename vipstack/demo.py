"""``vipstack demo``: from a bare machine to a measured failover, in one command."""

import time
from typing import Annotated

import typer

from lab.laboratory import Laboratory
from lab.layout import Layout
from lab.progress import Progress
from vipstack.endings import in_good_order


def demo(
    image: Annotated[
        str | None,
        typer.Option(help="The guests' image; default: the stack file's, on which packages are installed at boot."),
    ] = None,
) -> None:
    """Bring up a lab and the stack lvs-dr on it, ask through its virtual IP, crash the master, print the outage.

    Everything stays up, with three hints: how to look, how to change, how to tear down. It can be interrupted and run
    again. --image debian-12-vipstack has the packages already, which saves emulated guests minutes.
    Exit code 1: something failed, or the outage was longer than promised.
    """
    from lab import demo as demonstration

    began = time.monotonic()
    lab = Laboratory.at(Layout.of_environment())
    with in_good_order("run the same again: it goes on from here"):
        with Progress() as progress:
            stack = demonstration.demonstrate(lab, image, progress)
        status = demonstration.main_job(lab, stack)
        typer.echo(f"all of this took {time.monotonic() - began:.0f} s")
        raise typer.Exit(status)
