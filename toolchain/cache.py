"""Where built programs are kept: a folder that outlives checkouts, one subfolder a module and digest.

Owns paths and the lock, and builds nothing.
"""

import fcntl
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from toolchain.execution import Progress
from toolchain.pins import Pins


@dataclass(frozen=True)
class Cache:
    """The folder for everything built here."""

    root: Path

    @classmethod
    def of_environment(cls, variables: Mapping[str, str]) -> "Cache":
        """``VIPSTACK_CACHE``, or ``vipstack`` in the user's cache folder."""
        chosen = variables.get("VIPSTACK_CACHE")
        if chosen:
            return cls(Path(chosen).absolute() / "toolchain")
        home = variables.get("XDG_CACHE_HOME") or Path(variables.get("HOME") or "~").expanduser() / ".cache"
        return cls(Path(home).absolute() / "vipstack" / "toolchain")

    def installation(self, pins: Pins) -> "Installation":
        """The programs for these pins, whether they are there or not."""
        return Installation(
            cli=self.root / f"cli-{pins.cli_digest}",
            home=self.root / f"home-{pins.provider_digest}",
            provider_version=pins.provider,
        )

    def go(self, version: str) -> Path:
        """A Go from the Python package index, for machines without one."""
        return self.root / f"go-{version}"

    @property
    def go_work(self) -> Path:
        """Modules and objects of such a Go; removed after a successful build."""
        return self.root / "go-work"

    @contextmanager
    def locked(self, progress: Progress) -> Generator[None]:
        """Let one process build at a time; the others wait, and then find the work done."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                progress("toolchain: another process builds it; waiting for that")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@dataclass(frozen=True)
class Installation:
    """Two folders with the built programs.

    The language host stands beside the CLI, where the CLI looks first, and the provider is a plugin of a Pulumi home
    of its own. Both could stand on PATH; then the CLI would warn in every update, and an official CLI would take them.
    """

    cli: Path
    home: Path
    provider_version: str

    @property
    def pulumi(self) -> Path:
        """The CLI."""
        return self.cli / "pulumi"

    @property
    def language_host(self) -> Path:
        """What the CLI starts to run a Python program."""
        return self.cli / "pulumi-language-python"

    @property
    def runner(self) -> Path:
        """The SDK's script that the language host starts."""
        return self.cli / "pulumi-language-python-exec"

    @property
    def provider(self) -> Path:
        """The OpenStack provider, where a Pulumi home keeps its plugins."""
        return self.home / "plugins" / f"resource-openstack-v{self.provider_version}" / "pulumi-resource-openstack"

    @property
    def complete(self) -> bool:
        """Whether it can be used."""
        programs = (self.pulumi, self.language_host, self.runner, self.provider)
        return all(os.access(program, os.X_OK) for program in programs)
