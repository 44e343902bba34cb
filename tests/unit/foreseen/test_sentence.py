"""Can decide: how an error for the operator reads, and what its room imports. Cannot: whether its words help."""

import ast
import sys
from pathlib import Path

import pytest

from drill.errors import DrillError
from foreseen import ForeseenError
from lab.errors import LabError
from toolchain import ToolchainError

_ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("kind", [DrillError, LabError, ToolchainError])
def test_every_rooms_error_is_the_same_sentence(kind: type[ForeseenError]):
    error = kind("guest ha1", "it is gone", "it runs", "bring it back")
    assert str(error) == "guest ha1: it is gone\n  expected: it runs\n  do: bring it back"


def test_what_loads_before_all_else_needs_nothing_but_the_standard_library():
    allowed = {*sys.stdlib_module_names, "foreseen", "toolchain"}
    for file in [*_ROOT.glob("foreseen/*.py"), *_ROOT.glob("toolchain/*.py")]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= allowed, f"{file}: machines that have little else run it"
