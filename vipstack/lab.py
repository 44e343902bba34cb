"""``vipstack lab``: a real OpenStack on this machine, to try and to test stacks on."""

import os
import shlex
import sys
from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from lab.laboratory import Laboratory
from lab.layout import DEFAULT_HOSTS, MAX_HOSTS, Layout, Network
from lab.progress import Progress
from vipstack.endings import in_good_order

_ON_INTERRUPT = "run the same again to go on, or `vipstack lab down` to end what runs"

app = typer.Typer(
    help="A real OpenStack on this machine, as root: Keystone, Glance, Placement, Nova and Neutron with up to three "
    "compute hosts, on 127.0.0.1. It lives in one folder (VIPSTACK_LAB_HOME, or /var/lib/vipstack-lab).",
    no_args_is_help=True,
)


@app.command()
def up(
    hosts: Annotated[int, typer.Option(min=1, max=MAX_HOSTS, help="How many compute hosts.")] = DEFAULT_HOSTS,
    network: Annotated[Network, typer.Option(help="Neutron's ML2 driver; each is a cloud of its own.")] = Network.OVS,
) -> None:
    """Start the lab, or what is missing of it; the first time also installs and builds everything."""
    from lab.up import up as start

    lab = Laboratory.at(replace(Layout.of_environment(), network=network))
    with in_good_order(_ON_INTERRUPT), Progress() as progress:
        start(lab, hosts, progress)
        progress.say(f"the lab is up; clients: OS_CLIENT_CONFIG_FILE={lab.layout.clouds_yaml} OS_CLOUD=lab")


@app.command()
def down(
    purge: Annotated[bool, typer.Option("--purge", help="Also remove what the cloud kept: servers, images.")] = False,
) -> None:
    """End everything the lab started: processes, namespaces, mounts, bridges. Its folder stays."""
    from lab.down import down as stop

    with in_good_order(_ON_INTERRUPT), Progress() as progress:
        stop(_lab(), progress, purge=purge)


@app.command()
def status() -> None:
    """Show what runs. Exit status 1 where nothing runs or something ended."""
    from lab import status as seen

    lab = _lab()
    found = seen.lines(lab)
    console = Console(highlight=False)
    if not found:
        console.print("the lab is down: `vipstack lab up` starts it")
        raise typer.Exit(1)
    console.print(seen.table(found))
    console.print(f"network: {lab.layout.network}")
    services, guests = seen.memory_mib(lab)
    console.print(f"memory: services {services} MiB, guests {guests} MiB")
    if not all(line.alive for line in found):
        raise typer.Exit(1)


@app.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def exec(  # noqa: A001 - the command's name
    place: Annotated[str, typer.Argument(metavar="HOST", help="host1, outside ... or a server's name.")],
    command: Annotated[list[str], typer.Argument(metavar="COMMAND...", help="One word alone goes through a shell.")],
) -> None:
    """Run a command on a host of the lab, or in a guest by its QEMU guest agent, which needs no network."""
    lab = _lab()
    words = ["sh", "-c", command[0]] if len(command) == 1 else command
    with in_good_order(_ON_INTERRUPT):
        if place in lab.rooms.names():
            entered = lab.rooms.exec_words(place, words)
            sys.stdout.flush()
            os.execvp(entered[0], entered)  # noqa: S606 - no shell is wanted
        from lab import guests

        result = guests.agent(lab, place).run(words)
        sys.stdout.write(result.stdout)
        sys.stderr.write(result.stderr)
        raise typer.Exit(result.returncode)


@app.command()
def doctor() -> None:
    """Say what this machine lacks for a lab, each with its remedy. Exit status 1 where something is missing."""
    from lab.doctor import doctor as examine

    with in_good_order(_ON_INTERRUPT):
        raise typer.Exit(examine(_lab().layout, Console(highlight=False)))


@app.command()
def env() -> None:
    """Print shell exports that point OpenStack clients and Pulumi at the lab: eval "$(vipstack lab env)"."""
    from lab.stacks import lab_variables

    for name, value in lab_variables(_lab().layout).items():
        typer.echo(f"export {name}={shlex.quote(value)}")


def _lab() -> Laboratory:
    return Laboratory.at(Layout.of_environment())
