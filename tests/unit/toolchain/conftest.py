"""Stand-ins for programs: shell scripts in folders of a PATH of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest

Script = Callable[[str, str], Path]


@pytest.fixture
def script(tmp_path: Path) -> Script:
    """Writes an executable ``name`` into the test's own ``bin`` folder."""

    def write(name: str, body: str) -> Path:
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """An environment in which nothing is installed and nothing was built, but for the test's own scripts."""
    return {"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path), "VIPSTACK_CACHE": str(tmp_path / "cache")}
