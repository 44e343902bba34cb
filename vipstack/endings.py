"""How a command ends before its time: foreseen trouble in its own words, an interrupt with time to tidy up."""

import signal
from collections.abc import Generator
from contextlib import contextmanager

import typer

from components.config.errors import StackFileError
from foreseen import ForeseenError

INTERRUPTED = 130  # the exit code, as a shell reports a command that SIGINT ended


@contextmanager
def in_words() -> Generator[None]:
    """End the command with exit code 1 on foreseen trouble, which says itself what is wrong; no traceback."""
    try:
        yield
    except (ForeseenError, StackFileError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None


@contextmanager
def in_good_order(interrupted: str) -> Generator[None]:
    """As ``in_words``, and with exit code ``INTERRUPTED`` on Ctrl-C or TERM.

    ``interrupted`` is what an interrupt means to the operator. TERM is how CI systems end a job. INT is set too, though
    Python does so: it leaves a signal ignored that was so at its start, and a shell without job control starts what
    runs in the background in that way. Such a command could only be killed.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        with in_words():
            yield
    except KeyboardInterrupt:
        typer.echo(f"interrupted; {interrupted}", err=True)
        raise typer.Exit(INTERRUPTED) from None
