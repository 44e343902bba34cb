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

_COMMAND = ("preview", "--json", "--non-interactive")


def ask(stack: str, environment: Mapping[str, str], options: Sequence[str] = ()) -> dict[str, Any]:
    """The CLI's preview document; one that ends in errors is a document too, with its diagnostics.

    Args:
        stack: the stack's name.
        environment: in which ``pulumi`` is the one to use.
        options: more of ``pulumi preview``, as ``--refresh``.

    Raises:
        ReviewError: the CLI said something else than a document: no such stack, no login, no passphrase.
    """
    # Resources that stay are needed too: for counting, and to know who serves meanwhile.
    command = [*_COMMAND, "--show-sames", "--stack", stack, *options]
    try:
        run = _pulumi(command, _PROGRAM, environment)
    except OSError as error:
        raise _no_document(stack, str(error)) from None
    document = _read(run.stdout)
    if document is None or "config" not in document:
        raise _no_document(stack, _said(run))
    return document


def ask_rules(
    stack: str, environment: Mapping[str, str], packs: Sequence[Path], options: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """The events of a preview that policy packs judge. The document leaves out what a pack says, so they are streamed.

    Args:
        stack: the stack's name.
        environment: in which ``pulumi`` is the one to use.
        packs: their folders, whose packages are installed first.
        options: more of ``pulumi preview``, as ``--refresh``.

    Raises:
        ReviewError: a pack could not be installed or loaded.
    """
    for pack in packs:
        run = _pulumi(["install", "--non-interactive"], pack, environment)
        if run.returncode:
            raise _unheard(str(pack), "install", _said(run))
    command = [*_COMMAND, "--stack", stack, *options, *(f"--policy-pack={pack.absolute()}" for pack in packs)]
    # https://www.pulumi.com/docs/iac/cli/environment-variables/
    run = _pulumi(command, _PROGRAM, {**environment, "PULUMI_ENABLE_STREAMING_JSON_PREVIEW": "true"})
    events = [event for line in run.stdout.splitlines() if (event := _read(line)) is not None]
    if not any("summaryEvent" in event for event in events):
        raise _unheard(", ".join(map(str, packs)), "preview", _said(run))
    return events


def _pulumi(words: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["pulumi", *words],
        check=False,
        cwd=folder,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def _read(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is."""
    try:
        document: object = json.loads(text)
    except ValueError:
        return None
    return cast("dict[str, Any]", document) if isinstance(document, dict) else None


def _said(run: subprocess.CompletedProcess[str]) -> str:
    return (run.stderr or run.stdout).strip() or "it said nothing"


def _no_document(stack: str, said: str) -> ReviewError:
    return ReviewError(
        f"stack {stack}",
        f"`pulumi preview` gave no preview: {said}",
        "a stack of the backend that pulumi is logged in to, and its passphrase or key in the environment",
        f"see `pulumi whoami --verbose` and `pulumi stack ls`; a new stack is made by `pulumi stack init {stack}`",
    )


def _unheard(packs: str, command: str, said: str) -> ReviewError:
    return ReviewError(
        f"policy pack {packs}",
        f"`pulumi {command}` did not judge by it: {said}",
        "a folder with a PulumiPolicy.yaml, whose packages a registry has",
        "see `pulumi install` in that folder, and `pulumi preview --policy-pack`",
    )
