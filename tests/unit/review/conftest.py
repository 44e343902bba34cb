"""The recordings, and the flag that writes goldens anew."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RECORDINGS = Path(__file__).parent / "recordings"


@pytest.fixture
def recording() -> Callable[[str], dict[str, Any]]:
    """A recorded document by its name."""
    return lambda name: json.loads((RECORDINGS / f"{name}.json").read_text())


@pytest.fixture
def updating(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-goldens"))
