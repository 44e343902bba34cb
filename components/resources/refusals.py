"""Findings as Pulumi prints them: the text alone, without a traceback."""

from collections.abc import Generator
from contextlib import contextmanager

import pulumi

from components.config.errors import StackFileError


@contextmanager
def refusals() -> Generator[None]:
    """Around everything that may refuse a stack.

    Raises:
        pulumi.RunError: all findings as its text.
    """
    try:
        yield
    except StackFileError as error:
        raise pulumi.RunError(str(error)) from None
