"""``vipstack env``: test environments that end.

Owns the operator's words and the table; what is done is the work of ``environments``.
"""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from vipstack.consoles import wide_console
from vipstack.endings import in_good_order

if TYPE_CHECKING:
    from environments.inventory import Found
    from environments.lifecycle import Environments

STACKS = Path(__file__).resolve().parent.parent / "stacks"

_ON_INTERRUPT = "run the same again: it goes on from here"

app = typer.Typer(
    help="Test environments: stacks of their own, made from another stack's file, that end. Needs the credentials of "
    "the cloud (OS_CLOUD) and of the backend (`pulumi login`), as `pulumi up` does.",
    no_args_is_help=True,
)

_Name = Annotated[str, typer.Argument(help="The environment.")]
_Ttl = Annotated[str, typer.Option("--ttl", help="From now on: 4h, 90m, 1d12h.")]


@app.command()
def up(
    origin: Annotated[str, typer.Option("--from", help="A stack of stacks/, or the path of a stack file.")],
    name: Annotated[str, typer.Option("--name", help="What it is called: its stack and all its resources.")],
    ttl: _Ttl,
    ranges: Annotated[
        list[str] | None, typer.Option("--ranges", help="Where routed networks get their range from; may be repeated.")
    ] = None,
    protect: Annotated[
        bool | None, typer.Option("--protect/--no-protect", help="Nothing tears it down; default: as it is.")
    ] = None,
) -> None:
    """Create an environment, or update it and give it a new end.

    Networks are its own, so addresses and virtual router IDs may repeat those of its origin. A routed network (snat:
    false) gets a range of its own from --ranges; on an existing network, addresses and virtual router IDs do. Its stack
    file is written to ~/.local/state/vipstack/environments, never into the checkout.
    """
    from environments.derive import Wish, parse_ranges
    from environments.lifetimes import parse
    from environments.ranges import DEFAULT_RANGES

    with in_good_order(_ON_INTERRUPT):
        wish = Wish(name, _now() + parse(ttl), protected=False, ranges=parse_ranges(ranges or ()) or DEFAULT_RANGES)
        outputs = _environments().up(_file(origin), wish, protected=protect)
        for key, vip in outputs["virtual-ips"].items():
            outside = f", from outside {vip['floating-ip']}" if vip["floating-ip"] else ""
            typer.echo(f"{name}: {key} is {vip['address']}{outside}")
        typer.echo(f"{name}: ends {wish.expires:%Y-%m-%d %H:%M} UTC; sooner: vipstack env down {name}")


@app.command("list")
def list_() -> None:
    """Show the environments of the cloud's project, whoever made them."""
    with in_good_order(_ON_INTERRUPT):
        _show(_environments().all())


@app.command()
def extend(name: _Name, ttl: _Ttl) -> None:
    """Give an environment a new end; nothing else of it changes, and its state is not needed."""
    from environments.lifetimes import parse

    with in_good_order(_ON_INTERRUPT):
        expires = _now() + parse(ttl)
        _environments().extend(name, expires)
        typer.echo(f"{name}: ends {expires:%Y-%m-%d %H:%M} UTC")


@app.command()
def down(name: _Name) -> None:
    """Tear an environment down now, and ask the APIs whether anything is left. Exit code 1: something is.

    By its state, then by its tags, so that it goes on where an earlier run stopped, also without a state.
    """
    with in_good_order(_ON_INTERRUPT):
        _environments().down(name)


@app.command()
def sweep(
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without, what would be done is shown.")] = False,
) -> None:
    """Tear down every environment that is past its end; never a protected one, nor a stack without an end.

    Exit code 1: one could not be torn down; the others were.
    """
    from environments.inventory import is_over

    with in_good_order(_ON_INTERRUPT):
        environments, now = _environments(), _now()
        found = environments.all()
        _show(found)
        due = [one for one in found if is_over(one, now)]
        for one in due:
            counts = Counter(thing.kind.value for thing in one.things)
            typer.echo(f"{one.name}: {'deletes' if yes else 'would delete'} {_counted(counts)}")
        if not due:
            typer.echo("nothing is past its end")
        elif not yes:
            typer.echo("nothing was done; `vipstack env sweep --yes` does it")
        elif environments.sweep(now):
            raise typer.Exit(1)


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items())


def _show(found: "tuple[Found, ...]") -> None:
    from environments.inventory import verdict

    if not found:
        typer.echo("there are no environments")
        return
    table = Table("environment", "ends", "resources", "a sweep now")
    for one in found:
        ends = f"{one.expires:%Y-%m-%d %H:%M} UTC" if one.expires else "unknown"
        table.add_row(one.name, ends, str(len(one.things)), verdict(one, _now()))
    wide_console().print(table)


def _file(origin: str) -> Path:
    return Path(origin) if origin.endswith((".yaml", ".yml")) else STACKS / f"Pulumi.{origin}.yaml"


def _now() -> datetime:
    return datetime.now(UTC)


def _environments() -> "Environments":
    from environments.backend import Backend, folder
    from environments.lifecycle import Environments
    from environments.project import Project

    return Environments(Project.of_environment(), Backend(folder()), typer.echo)
