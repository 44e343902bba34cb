"""``vipstack preview``: what `pulumi up` would do to a stack, in a reviewer's words.

Owns the operator's words and the printing; what a preview means is the work of ``review``.
"""

import os
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer

from review.asking import ask, ask_rules
from review.markdown import markdown
from review.plain import plain
from review.report import report
from review.rules import BrokenRule, broken_rules
from toolchain import ensure
from vipstack.endings import in_words


def preview(  # noqa: PLR0913 - as many as the command has options
    stack: Annotated[str, typer.Argument(help="The stack, as `pulumi stack ls` names it; it may be empty yet.")],
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="As a pull request's comment; its first line is a marker.")
    ] = False,
    config_file: Annotated[
        Path | None,
        typer.Option(
            "--config-file", exists=True, dir_okay=False, help="Not stacks/Pulumi.<stack>.yaml, but this one."
        ),
    ] = None,
    replace: Annotated[
        list[str] | None, typer.Option("--replace", metavar="URN", help="As of `pulumi up --replace`; may be repeated.")
    ] = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Compare with the cloud as it is, not with the state.")
    ] = False,
    policy_packs: Annotated[
        list[Path] | None,
        typer.Option(
            "--policy-pack",
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help="Judge by the rules of this pack too; may be repeated. Ours is `policies`.",
        ),
    ] = None,
) -> None:
    """Say what `pulumi up` would do: to which resource and why, the changed lines of guests' files, what it interrupts.

    Each change is in place (clients notice nothing), rolling (at most a failover within its promised bound) or an
    outage. Secrets are never shown. It asks the real CLI: backend, passphrase and OS_CLOUD are those of your
    environment. Nothing is changed.

    Exit code 0: there is a preview; 1: the stack file, the cloud or a rule refuses the stack, or the CLI does not
    answer.
    """
    options = [f"--replace={urn}" for urn in replace or ()]
    options += [f"--config-file={config_file.absolute()}"] if config_file else []
    options += ["--refresh"] if refresh else []
    with in_words():
        found = report(stack, asked(stack, options), judged(stack, options, policy_packs or []))
    typer.echo(markdown(found) if as_markdown else plain(found), nl=not as_markdown)
    if found.refused:
        raise typer.Exit(1)


def asked(stack: str, options: list[str]) -> dict[str, Any]:
    """The CLI's preview document, in the operator's environment.

    Raises:
        ForeseenError: there is none.
    """
    return ask(stack, _environment(), options)


def judged(stack: str, options: list[str], packs: list[Path]) -> tuple[BrokenRule, ...]:
    """The rules of policy packs that the stack would break, in the operator's environment.

    Raises:
        ForeseenError: a pack cannot judge.
    """
    return broken_rules(ask_rules(stack, _environment(), packs, options)) if packs else ()


@cache
def _environment() -> dict[str, str]:
    """The operator's own; a CLI that is missing is built first."""
    return ensure(lambda line: typer.echo(line, err=True)).environment(os.environ)
