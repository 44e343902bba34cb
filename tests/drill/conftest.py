"""The directors' own daemons, also on a machine where none of them is installed."""

import os

import pytest
from tests.daemons.tools import Tools, unpacked


@pytest.fixture(scope="session")
def tools() -> Tools:
    return unpacked()


@pytest.fixture(autouse=True, scope="session")
def _daemons_on_the_path(tools: Tools):
    """Every process that a test of this rung starts finds them, and after them what this machine has."""
    found = tools.environment
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{found['PATH']}:{os.environ['PATH']}")
        patch.setenv("LD_LIBRARY_PATH", found["LD_LIBRARY_PATH"])
        yield
