"""``vipstack validate``: what is wrong with stack files, or what they promise, without a cloud.

Deliberately judges nothing itself: findings come from components/config, the summary from the plan.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from components.config.base import IPAddress
from components.config.errors import StackFileError
from components.config.load import load_file, stack_name
from components.plan.stack import StackPlan, plan_stack


def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Stack files, as stacks/Pulumi.lvs-dr.yaml.")],
) -> None:
    """Check stack files and say what they promise, without a cloud.

    Every finding of every file is shown at once, each with its place in the YAML, what is allowed and why, and what to
    do. Exit code 0: nothing found; 1: something found; 2: a file that is not there.

    What only the cloud knows (images, flavors, quotas, address pairs) is asked by `pulumi preview`.
    """
    codes = [_validate(file) for file in files]
    raise typer.Exit(max(codes))


def _validate(file: Path) -> int:
    try:
        config = load_file(file)
    except StackFileError as error:
        typer.echo(f"{file}: {error}", err=True)
        return 1 if file.exists() else 2
    typer.echo(summary(plan_stack(stack_name(file), config)))
    return 0


def summary(plan: StackPlan) -> str:
    """The plan at one look: hosts by role, then each virtual IP with its instance and its promise in seconds."""
    roles = Counter(host.role.value for host in plan.hosts)
    hosts = ", ".join(f"{count} {role}{'' if count == 1 else 's'}" for role, count in roles.items())
    lines = [f"{plan.stack}: OK; {hosts}"]
    bounds = {instance.name: (instance.virtual_router_id, instance.bound) for instance in plan.instances}
    for vip in plan.virtual_ips:
        vrid, bound = bounds[vip.instance]
        served = ", ".join(_served(plan, vip.address)) or "no ports of ours"
        lines.append(
            f"  {vip.key} {vip.address} on {vip.network}, VRID {vrid}, serves {served}; "
            f"away at most {bound.crash} s after a crash, {bound.clean_stop} s after a clean stop"
        )
    return "\n".join(lines)


def _served(plan: StackPlan, address: IPAddress) -> Iterator[str]:
    """What is served at a virtual IP, by IPVS or HAProxy."""
    for server in plan.virtual_servers:
        if address in server.addresses:
            yield f"{server.ports}/{server.protocol}"
    for listener in plan.load_balancer.listeners if plan.load_balancer else ():
        if address == listener.address:
            yield f"{listener.config.port}/tcp"
