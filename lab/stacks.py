"""Pulumi stacks on the lab's cloud: the command line an operator would type, with the lab's environment.

Owns the backend folder and the passphrase of the lab's stacks. Deliberately not the Automation API: it looks for stack
files beside Pulumi.yaml only and would miss ``stacks/``.
"""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import toolchain
from lab import priority
from lab.errors import LabError
from lab.layout import CLOUD_DEMO, Layout
from lab.priority import Share
from lab.shares import coming_up

PROJECT = Path(__file__).resolve().parent.parent

# The lab's stacks guard nothing: their state lies in the lab's own folder and their cloud on loopback.
_PASSPHRASE = "lab"  # noqa: S105 - see above


def environment(layout: Layout, cloud: str = CLOUD_DEMO) -> dict[str, str]:
    """The environment in which ``pulumi`` and ``openstack`` work on the lab's cloud, whoever types them."""
    return {**os.environ, **toolchain.environment(), **lab_variables(layout, cloud)}


def lab_variables(layout: Layout, cloud: str = CLOUD_DEMO) -> dict[str, str]:
    """What the lab adds to an environment: its cloud and its backend."""
    backend = layout.state / "pulumi"
    backend.mkdir(parents=True, exist_ok=True)
    return {
        "OS_CLIENT_CONFIG_FILE": str(layout.clouds_yaml),
        "OS_CLOUD": cloud,
        "PULUMI_BACKEND_URL": f"file://{backend}",
        "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def shipped(name: str) -> Path:
    """The stack file of that name in the checkout."""
    return PROJECT / "stacks" / f"Pulumi.{name}.yaml"


def with_image(source: Path, image: str, folder: Path) -> Path:
    """A stack file with another image, in a folder: the baked one saves minutes on emulated guests."""
    document = yaml.safe_load(source.read_text(encoding="utf-8"))
    for noun in document["config"].values():
        if isinstance(noun, dict) and "image" in noun:
            noun["image"] = image
    path = folder / source.name
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return path


@dataclass(frozen=True)
class Run:
    """How a command of the CLI ended."""

    command: tuple[str, ...]
    returncode: int
    output: str


@dataclass(frozen=True)
class LabStack:
    """One stack of the project on the lab's cloud; ``config_file`` replaces the one in ``stacks/``."""

    name: str
    layout: Layout
    config_file: Path | None = None

    def init(self) -> None:
        """Make sure that the stack is in the backend.

        The CLI writes its salt into ``stacks/``; where another file is used, that one stays as it was.
        """
        if (self.layout.state / "pulumi/.pulumi/stacks/vipstack" / f"{self.name}.json").exists():
            return
        file = shipped(self.name)
        before = file.read_bytes() if file.exists() else None
        self.checked("stack", "init", self.name)
        if self.config_file and before is None:
            file.unlink(missing_ok=True)
        elif self.config_file and before is not None:
            file.write_bytes(before)

    def up(
        self, *arguments: str, timeout: float = 1800, share: Callable[[], Share] = lambda: priority.COMING_UP
    ) -> Run:
        """``pulumi up`` without questions; what it says last, where it fails, is why. New guests have the share."""
        words = ("up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", self.name)
        with coming_up(self.layout, self.name, share):
            return self.checked(*words, *arguments, timeout=timeout)

    def preview(self, *arguments: str) -> Run:
        """``pulumi preview``."""
        return self.checked("preview", "--stack", self.name, *arguments, timeout=300)

    def destroy(self, timeout: float = 900) -> Run:
        """``pulumi destroy`` without questions; the stack stays in the backend, empty."""
        return self.checked("destroy", "--yes", "--skip-preview", "--stack", self.name, timeout=timeout)

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        run = self.checked("stack", "output", "--json", "--stack", self.name, config=False)
        return json.loads(run.output)

    def checked(self, *arguments: str, timeout: float = 120, config: bool = True) -> Run:
        """Run the CLI and raise with all that it said where it fails."""
        run = self.run(*arguments, timeout=timeout, config=config)
        if run.returncode != 0:
            raise LabError(
                " ".join(run.command),
                f"exit status {run.returncode}:\n{run.output}",
                "exit status 0",
                "mend what the output names, then run the same again",
            )
        return run

    def run(self, *arguments: str, timeout: float = 120, config: bool = True) -> Run:
        """Run the CLI to its end, whatever it is; output and errors together."""
        command = self._command(arguments, config=config)
        with toolchain.begun(command, cwd=PROJECT, env=environment(self.layout), piped=True) as process:
            output, _ = process.communicate(timeout=timeout)
        return Run(tuple(command), process.returncode, output)

    def shown(self, *arguments: str) -> int:
        """Run the CLI with its output on the terminal, as an operator sees it."""
        command = self._command(arguments, config=True)
        with toolchain.begun(command, cwd=PROJECT, env=environment(self.layout), piped=False) as process:
            return process.wait()

    def _command(self, arguments: Sequence[str], *, config: bool) -> list[str]:
        chosen = config and self.config_file is not None and arguments[0] in {"up", "preview", "destroy", "refresh"}
        return ["pulumi", *arguments, "--non-interactive", *(_config_file(self.config_file) if chosen else ())]


def _config_file(path: Path | None) -> Iterator[str]:
    if path is not None:
        yield from ("--config-file", str(path))
