"""``vipstack render``: every guest's files as a folder tree, for reading and for comparing. No cloud, no Pulumi.

Owns where the files are put and what is said about it. What is in them is the work of ``components``.
"""

from pathlib import Path
from typing import Annotated

import typer

from components.config.errors import choose
from components.config.load import load_file, stack_name
from components.config.stack import Delivery, StackConfig
from components.plan.hosts import Host
from components.plan.stack import Addresses, StackPlan, assumed_addresses, plan_stack
from components.rendering.host_tree import ASSUMED_MAC, host_tree
from vipstack.endings import in_words


def render(
    file: Annotated[Path, typer.Argument(help="The stack file, e.g. stacks/Pulumi.lvs-dr.yaml.")],
    out: Annotated[Path, typer.Option("--out", help="The folder to write into; it is made where it is missing.")],
    host: Annotated[str | None, typer.Option("--host", help="Only this host, by its name in the cloud.")] = None,
) -> None:
    """Write every host's files as OUT/<host>/<path on the guest>, and its user data as OUT/<host>/user-data.yaml.

    Nothing is asked and nothing is created in a cloud. Where the stack file leaves an address to Neutron, the next free
    one of the pool is assumed, and said. Interfaces keep the word @nic:<network>@, which the guest replaces.
    """
    try:
        with in_words():
            config = load_file(file)
            plan = plan_stack(stack_name(file), config)
            chosen = _chosen(plan, host)
            addresses = assumed_addresses(plan)
            trees = {one.name: host_tree(plan, one, addresses, config) for one in chosen}
        for name, files in trees.items():
            _write(out / name, files)
            typer.echo(f"{out / name}: {len(files)} files")
    except OSError as error:
        typer.echo(f"{error.filename}: {error.strerror}. Choose another folder with --out.", err=True)
        raise typer.Exit(1) from error
    for note in _assumptions(plan, addresses, config):
        typer.echo(note)


def _chosen(plan: StackPlan, name: str | None) -> tuple[Host, ...]:
    if name is None:
        return plan.hosts
    found = tuple(host for host in plan.hosts if host.name == name)
    if not found:
        typer.echo(
            f"--host {name}: the stack has no such host. {choose(name, [h.name for h in plan.hosts])}.", err=True
        )
        raise typer.Exit(2)
    return found


def _write(folder: Path, files: dict[str, str]) -> None:
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")


def _assumptions(plan: StackPlan, addresses: Addresses, config: StackConfig) -> list[str]:
    notes = [
        f"assumed, since Neutron chooses: {host.name} is {addresses[port.key]} on {port.network}"
        for host in plan.hosts
        for port in host.ports
        if port.address is None
    ]
    if config.delivery is Delivery.USER_DATA:
        notes.append(f"assumed, since Neutron chooses: every interface has the MAC {ASSUMED_MAC}")
    return notes
