"""Where the daemons are."""

import pytest
from tests.daemons.tools import Tools, unpacked


@pytest.fixture(scope="session")
def tools() -> Tools:
    return unpacked()
