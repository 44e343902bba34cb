"""Options of the whole ladder. Here and nowhere below, since pytest reads options before it descends."""

import pytest
from hypothesis import HealthCheck, settings

# What a busy machine takes is no finding; a test that hangs is ended by its own deadline.
settings.register_profile("ladder", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ladder")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="write the golden files anew instead of comparing them; read the diff",
    )
