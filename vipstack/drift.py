"""``vipstack drift``: whether the cloud still is as the last update left it. A gate for a schedule.

Owns the operator's words and the printing; what is drift is the work of ``review``.
"""

from typing import Annotated

import typer

from review.document import read
from review.drift import drift as drift_of
from review.drift import words
from vipstack.endings import in_words
from vipstack.preview import asked


def drift(
    stack: Annotated[str, typer.Argument(help="The stack, as `pulumi stack ls` names it. It must be up.")],
) -> None:
    """Compare a stack with the cloud: what drifted, by whom that could be, and the two ways out of it.

    It asks `pulumi preview --refresh` and changes nothing, the state included. Beside what Pulumi would change it names
    what Pulumi lets pass: a server that is stopped or resized, address pairs and groups that somebody added to a port.
    What somebody made by hand beside the stack's own resources is not seen.

    Exit code 0: cloud, state and stack file agree; 1: they do not, or it cannot be told.
    """
    with in_words():
        preview = read(asked(stack, ["--refresh", "--expect-no-changes"]))
        found = drift_of(stack, preview)
    if preview.failed:
        for remark in preview.remarks:
            typer.echo(f"{remark.severity}: {remark.message}", err=True)
        raise typer.Exit(1)
    typer.echo(words(found))
    if not found.none:
        raise typer.Exit(1)
