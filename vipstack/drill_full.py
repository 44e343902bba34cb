"""``vipstack drill-full``: every system and every fault, five times each, on the lab; docs/drills.md is its result."""

from pathlib import Path
from typing import Annotated

import typer

from drill import summary
from lab import drills
from lab.laboratory import Laboratory
from lab.layout import DEFAULT_HOSTS, Layout
from lab.progress import Progress
from vipstack.endings import in_good_order


def drill_full(
    systems: Annotated[
        list[str] | None, typer.Argument(help="Which of the stacks in stacks/; default: all.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Write the page there, as Markdown, when a system ends; its data go into a folder beside it.",
        ),
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget what has been drilled of these, and begin anew.")
    ] = False,
) -> None:
    """Drill every system on the lab: control, crash, killed daemons, NIC down, clean stop; five times each.

    Takes some forty minutes a system on emulated guests; two commands may drill two systems side by side. Interrupted,
    it mends what is broken and takes the stack down; run again, on another machine too where --out names the same page,
    it goes on where it was. Exit code 1: a promise was not kept, or something failed.
    """
    known = drills.systems()
    chosen = tuple(systems or known)
    if unknown := [name for name in chosen if name not in known]:
        raise typer.BadParameter(f"there is no stack {unknown[0]!r}; known: {', '.join(known)}")
    lab = Laboratory.at(Layout.of_environment())
    done = drills.ledgers(lab, out)
    if fresh:
        done.forget(chosen)
    with in_good_order("run the same again to go on"), Progress() as progress:
        _bring_up(lab, progress)
        for name in chosen:
            try:
                drills.drill_system(lab, name, done, progress)
            finally:
                if out:
                    out.write_text(summary.markdown(done.summaries(known)), encoding="utf-8")
    seen = done.summaries(chosen)
    typer.echo(summary.markdown(seen))
    if not all(summary.kept(repetition) for system in seen for repetition in system.repetitions):
        raise typer.Exit(1)


def _bring_up(lab: Laboratory, progress: Progress) -> None:
    import toolchain
    from lab.up import up

    toolchain.ensure(progress.say)
    up(lab, DEFAULT_HOSTS, progress)
