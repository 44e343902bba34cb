"""``vipstack demo``: from a bare machine to a measured failover, in one command."""

import typer

from foreseen import ForeseenError
from lab.laboratory import Laboratory
from lab.layout import Layout
from lab.progress import Progress
from vipstack.exit_codes import INTERRUPTED


def demo() -> None:
    """Bring up a lab and the stack lvs-dr on it, ask through its virtual IP, crash the master, print the outage.

    Everything stays up, with three hints: how to look, how to change, how to tear down. It can be interrupted and run
    again. Exit code 1: something failed, or the outage was longer than promised.
    """
    from lab import demo as demonstration

    lab = Laboratory.at(Layout.of_environment())
    try:
        with Progress() as progress:
            stack = demonstration.demonstrate(lab, progress)
        raise typer.Exit(demonstration.main_job(lab, stack))
    except ForeseenError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("interrupted; run the same again: it goes on from here", err=True)
        raise typer.Exit(INTERRUPTED) from None
