"""``vipstack drill``: break directors of a live stack, and see whether the failovers keep their promise.

Owns the operator's words and the printing; what is done is the work of ``drill``.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from drill import outputs, report, suite
from drill.cloud import Cloud
from drill.conduct import Drill, Repetition
from drill.faults import CONTROL, FAULTS
from drill.outputs import StackOutputs
from toolchain.choice import environment
from vipstack.consoles import wide_console
from vipstack.endings import in_good_order


def drill(
    stack: Annotated[str, typer.Argument(help="The stack, as `pulumi stack ls` names it. It must be up.")],
    faults: Annotated[
        str, typer.Option(help=f"What to do, in order, with commas; known: control (nothing), {', '.join(FAULTS)}.")
    ] = "control,crash,clean-stop",
    repeat: Annotated[int, typer.Option(min=1, max=100, help="How often each fault; the control run once.")] = 1,
    virtual_ip: Annotated[
        str | None, typer.Option(help="The virtual IP whose master is broken, by its key; default: the first.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the result there as JSON, after each repetition.")
    ] = None,
) -> None:
    """Break the master director, and measure from inside the network how long the virtual IPs are away.

    The observer's probe connects to every service and pings every virtual IP each 10 ms. crash: Nova pauses the
    master, which says no goodbye. clean-stop: Nova shuts it down. nic-down: Neutron cuts its port. keepalived-killed,
    haproxy-killed, link-down: its agent does so on a word in its metadata. An outage is the time from the first lost
    probe to the last. Every fault is mended, also on Ctrl-C, which leaves the stack as it was found. A repetition in
    which the probe itself stood still for too long is done again, twice at most.

    Exit code 0: every failover kept its promise; 1: one did not, or it cannot be told. Needs the OpenStack credentials
    of the stack (OS_CLOUD), nothing else: no login to a guest.
    """
    plan = _plan(faults, repeat)
    if json_file and not json_file.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {json_file.parent}", param_hint="--json")
    console = wide_console()
    done: list[Repetition] = []
    with in_good_order("what was broken is mended"):
        try:
            cloud, found = Cloud(), outputs.read(stack, environment())
            conditions = report.conditions(cloud.name)
            one = Drill(cloud, found, _virtual_ip(found, virtual_ip), console.print)
            for repetition in one.run(plan):
                done.append(repetition)
                console.print(f"{repetition.name} {repetition.number}: {repetition.judgement.verdict}")
                console.print(*report.remarks(repetition), sep="\n", end="\n" if report.remarks(repetition) else "")
                if json_file:
                    json_file.write_text(json.dumps(report.document(stack, conditions, done), indent=2) + "\n")
        finally:
            if done:
                console.print(report.table(stack, done))
    if not report.kept(done):
        raise typer.Exit(1)


def _plan(faults: str, repeat: int) -> suite.Plan:
    names = [name.strip() for name in faults.split(",")]
    unknown = [name for name in names if name not in (CONTROL, *FAULTS)]
    if unknown:
        raise typer.BadParameter(
            f"there is no fault {unknown[0]!r}; known: {', '.join((CONTROL, *FAULTS))}", param_hint="--faults"
        )
    return suite.plan([None if name == CONTROL else FAULTS[name] for name in names], repeat)


def _virtual_ip(stack: StackOutputs, wanted: str | None) -> str:
    if wanted is not None and wanted not in stack.addresses:
        raise typer.BadParameter(
            f"the stack has no virtual IP {wanted!r}; it has: {', '.join(stack.addresses)}", param_hint="--virtual-ip"
        )
    return wanted or next(iter(stack.addresses))
