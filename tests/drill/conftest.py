"""The directors' own daemons, also on a machine where none of them is installed."""

import os

import pytest
from tests.daemons.tools import unpacked


@pytest.fixture(autouse=True, scope="session")
def _daemons_on_the_path():
    """Every process that a test of this rung starts finds them, and after them what this machine has."""
    found = unpacked().environment
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{found['PATH']}:{os.environ['PATH']}")
        patch.setenv("LD_LIBRARY_PATH", found["LD_LIBRARY_PATH"])
        yield
