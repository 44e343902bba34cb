"""The Pulumi CLI as environments need it, with every file of theirs outside the checkout.

The CLI writes a stack's salt and settings into its stack file. An environment's lies in a folder of the operator's own
(``$XDG_STATE_HOME/vipstack/environments``), with a Pulumi.yaml beside it for ``stack init``; what runs or destroys is
told of the file, and runs in the checkout, where the program and its provider are.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

import toolchain
from environments.errors import EnvError

PROJECT = Path(__file__).resolve().parent.parent
_QUICK = 120  # seconds for what asks the backend alone
_LOCKED = "currently locked"  # the CLI's words for another update at the same stack


def folder(variables: Mapping[str, str] | None = None) -> Path:
    """Where environments' stack files are; made where it is missing."""
    given = os.environ if variables is None else variables
    state = Path(given.get("XDG_STATE_HOME") or Path.home() / ".local/state")
    place = state / "vipstack" / "environments"
    place.mkdir(parents=True, exist_ok=True)
    project = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text(encoding="utf-8"))
    (place / "Pulumi.yaml").write_text(yaml.safe_dump({"name": project["name"], "runtime": "python"}))
    return place


@dataclass(frozen=True)
class Backend:
    """The backend that the CLI is logged in to (``pulumi login``, or PULUMI_BACKEND_URL)."""

    files: Path

    def file(self, stack: str) -> Path:
        """The environment's stack file."""
        return self.files / f"Pulumi.{stack}.yaml"

    def stacks(self) -> tuple[str, ...]:
        """The project's stacks.

        Raises:
            EnvError: the backend cannot be asked.
        """
        done = self._quick("stack", "ls", "--json")
        return tuple(str(one["name"]) for one in cast("list[dict[str, Any]]", json.loads(done)))

    def write(self, stack: str, document: Mapping[str, Any]) -> Path:
        """Write an environment's stack file."""
        self.file(stack).write_text(yaml.safe_dump(dict(document), sort_keys=False, width=120), encoding="utf-8")
        return self.file(stack)

    def init(self, stack: str) -> None:
        """Make sure that the backend has the stack.

        Raises:
            EnvError: the CLI refuses.
        """
        if stack not in self.stacks():
            self._quick("stack", "init", stack, "--no-select")

    def up(self, stack: str) -> None:
        """Create or update, on the terminal.

        Raises:
            EnvError: it failed; another run goes on from there.
        """
        self._run("up", stack)

    def destroy(self, stack: str) -> None:
        """Delete all that the state knows, on the terminal.

        Raises:
            EnvError: it failed; another run goes on from there.
        """
        if not self.file(stack).exists():
            self.write(stack, {"config": {}})  # the CLI would put one into the checkout
        self._run("destroy", stack)

    def forget(self, stack: str) -> None:
        """Remove the stack, its state and its file.

        Raises:
            EnvError: the CLI refuses.
        """
        if stack in self.stacks():
            self._quick("stack", "rm", stack, "--yes", "--force", "--preserve-config")
        self.file(stack).unlink(missing_ok=True)

    def outputs(self, stack: str) -> dict[str, Any]:
        """The stack's outputs."""
        return cast("dict[str, Any]", json.loads(self._quick("stack", "output", "--json", "--stack", stack)))

    def _run(self, verb: str, stack: str) -> None:
        command = ["pulumi", verb, "--yes", "--skip-preview", "--non-interactive"]
        command += ["--stack", stack, "--config-file", str(self.file(stack))]
        said: list[str] = []
        with toolchain.begun(command, cwd=PROJECT, env=toolchain.environment(), piped=True) as process:
            for line in process.stdout or ():
                print(line, end="", flush=True)  # noqa: T201 - the CLI's own words, as they come
                said.append(line)
        if process.returncode:
            raise locked(stack) if any(_LOCKED in line for line in said) else _failed(stack, verb)

    def _quick(self, *arguments: str) -> str:
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=self.files,
            env=toolchain.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_QUICK,
            check=False,
        )
        if done.returncode:
            raise EnvError(
                f"pulumi {' '.join(arguments)}",
                " ".join(done.stderr.split()),
                "a backend that the CLI is logged in to (`pulumi login`, or PULUMI_BACKEND_URL), and its passphrase",
                "mend what is said above, then run the same again",
            )
        return done.stdout


class LockedError(EnvError):
    """Somebody else's update of the stack is under way, or was killed."""


def locked(stack: str) -> LockedError:
    """The refusal to change what somebody else is changing."""
    return LockedError(
        stack,
        "another `pulumi` is at this stack: its state is locked",
        "one update of a stack at a time",
        f"wait until it has ended; where it was killed, `pulumi cancel --stack {stack}`, then run the same again",
    )


def _failed(stack: str, verb: str) -> EnvError:
    return EnvError(
        stack,
        f"`pulumi {verb}` failed; why stands above",
        "a run without failure",
        "mend what is named there, then run the same again: it goes on from there",
    )
