"""Configurations for this rung: the base of tests/unit/conftest.py with changes, read and found without findings."""

from collections.abc import Callable
from typing import Any

import pytest

from components.config.check import check
from components.config.stack import StackConfig

Configured = Callable[..., StackConfig]


@pytest.fixture
def configured(changed) -> Configured:
    def configure(changes: dict[str, Any] | None = None) -> StackConfig:
        return check(changed(changes or {}))

    return configure
