"""``pulumi preview`` of lvs-dr against that of an empty Python program, with the same CLI, in turn."""

import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from lab.bench.rows import Row, ratio
from lab.layout import Layout
from lab.stacks import PROJECT, LabStack, environment

_PAIRS = 9
_TIMES = 2.5
_EMPTY = """\
name: empty
runtime:
  name: python
  options:
    virtualenv: {venv}
"""


def rows(stack: LabStack) -> list[Row]:
    """The ratio; the stack may be up or not, it is only previewed.

    The empty program lies in the checkout too, for the CLI looks through the git repository around a program first.
    """
    parent = PROJECT / "build"
    parent.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=parent) as name:
        folder = Path(name)
        folder.joinpath("Pulumi.yaml").write_text(_EMPTY.format(venv=PROJECT / ".venv"), encoding="utf-8")
        folder.joinpath("__main__.py").touch()
        _pulumi(stack.layout, folder, "stack", "init", "empty")
        try:
            ours, empty = _pairs(stack, folder)
        finally:
            _pulumi(stack.layout, folder, "stack", "rm", "--yes", "empty")
    return [ratio("preview", ours, empty, _TIMES, "pulumi preview of lvs-dr against an empty program beside it")]


def _pairs(stack: LabStack, folder: Path) -> tuple[list[float], list[float]]:
    ours: list[float] = []
    empty: list[float] = []
    for _ in range(_PAIRS + 1):
        began = time.perf_counter()
        stack.preview()
        between = time.perf_counter()
        _pulumi(stack.layout, folder, "preview", "--stack", "empty")
        ours.append(between - began)
        empty.append(time.perf_counter() - between)
    return ours[1:], empty[1:]  # the first pair warms the caches


def _pulumi(layout: Layout, folder: Path, *arguments: str) -> None:
    words = ["pulumi", *arguments, "--non-interactive"]
    subprocess.run(words, cwd=folder, env=environment(layout), check=True, capture_output=True, timeout=120)
