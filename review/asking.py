"""Asking the real CLI: ``pulumi preview --json``, in the operator's own environment.

The project is the one beside this package. The backend, the passphrase and ``OS_CLOUD`` are whatever the environment
says; nothing of it is set here.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from review.errors import ReviewError

_PROGRAM = Path(__file__).parents[1]

# Resources that stay are needed too: for counting, and to know who serves meanwhile.
_COMMAND = ("preview", "--json", "--show-sames", "--non-interactive")


def ask(stack: str, environment: Mapping[str, str], options: Sequence[str] = ()) -> dict[str, Any]:
    """The CLI's preview document; one that ends in errors is a document too, with its diagnostics.

    Args:
        stack: the stack's name.
        environment: in which ``pulumi`` is the one to use.
        options: more of ``pulumi preview``, as ``--refresh``.

    Raises:
        ReviewError: the CLI said something else than a document: no such stack, no login, no passphrase.
    """
    command = ["pulumi", *_COMMAND, "--stack", stack, *options]
    try:
        run = subprocess.run(
            command,
            check=False,
            cwd=_PROGRAM,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except OSError as error:
        raise _no_document(stack, str(error)) from None
    try:
        document: object = json.loads(run.stdout)
    except ValueError:
        document = None
    if not isinstance(document, dict) or "config" not in document:
        raise _no_document(stack, (run.stderr or run.stdout).strip())
    return cast("dict[str, Any]", document)


def _no_document(stack: str, said: str) -> ReviewError:
    return ReviewError(
        f"stack {stack}",
        f"`pulumi preview` gave no preview: {said or 'it said nothing'}",
        "a stack of the backend that pulumi is logged in to, and its passphrase or key in the environment",
        f"see `pulumi whoami --verbose` and `pulumi stack ls`; a new stack is made by `pulumi stack init {stack}`",
    )
