"""``vipstack bench``: the figures of docs/benchmarks.md, measured again on this machine."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from components.config.load import load_file
from lab.bench import rows
from lab.laboratory import Laboratory
from lab.layout import CLOUD_ADMIN, IMAGE_PLAIN, Layout
from vipstack.endings import in_good_order

STACK = "lvs-dr"


def bench(
    out: Annotated[Path | None, typer.Option("--out", help="Also write the table there, as Markdown.")] = None,
    pure: Annotated[bool, typer.Option("--pure", help="Only what needs no lab.")] = False,
) -> None:
    """Measure rendering, and on a fresh lab: its start, a preview, a stack's way to the first answer.

    Without --pure the lab is taken down with all that is in it first, and is left up without a stack. Exit code 1: a
    promise was not kept.
    """
    from lab.bench import rendering
    from lab.stacks import shipped

    load = os.getloadavg()[0]
    with in_good_order("`vipstack lab down` ends what still runs"):
        seen = rendering.rows(shipped(STACK))
        if not pure:
            seen += _on_the_lab()
    conditions = (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, load {load:.1f} before the start; guests emulated "
        "(TCG). Ratios are taken within one run. `make bench` measures them again."
    )
    table = rows.markdown(seen, conditions)
    typer.echo(table)
    if out:
        out.write_text(table, encoding="utf-8")
    if not all(row.kept for row in seen):
        raise typer.Exit(1)


def _on_the_lab() -> list[rows.Row]:
    from lab.access import connection
    from lab.bench import lab_up, preview, stack_up
    from lab.progress import Progress
    from lab.stacks import LabStack, shipped, with_image

    lab = Laboratory.at(Layout.of_environment())
    with Progress() as progress:
        seen = lab_up.rows(lab, progress)
    # A copy: Pulumi writes its salt into the file of a stack, and the checkout's is not this measurement's.
    stack = LabStack(STACK, lab.layout, with_image(shipped(STACK), IMAGE_PLAIN, lab.layout.state))
    stack.init()
    seen += preview.rows(stack)
    virtual_ip = str(load_file(shipped(STACK)).virtual_ips["www"].address)
    try:
        seen += stack_up.rows(lab, connection(lab.layout, CLOUD_ADMIN), stack, virtual_ip)
    finally:
        stack.destroy()
    return seen
