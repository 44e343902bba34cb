"""Where tables are printed: a terminal has its own width, a log has none."""

import sys

from rich.console import Console

# What the widest of the tables needs.
_LOG_WIDTH = 120


def wide_console() -> Console:
    """As wide as the terminal, or as the tables need."""
    return Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else _LOG_WIDTH)
