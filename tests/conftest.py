"""Options of the whole ladder. Here and nowhere below, since pytest reads options before it descends."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="write the golden files anew instead of comparing them; read the diff",
    )
