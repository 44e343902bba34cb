"""Findings as Pulumi prints them: the text alone, without a traceback, and nothing after it."""

from collections.abc import Generator
from contextlib import contextmanager

import pulumi

from components.config.errors import StackFileError

# What a program exits with when it has told the operator what is wrong: the language host then adds no words of its
# own. The number is the SDK's (pulumi-language-python-exec); to a host that did not know it, it would be any failure.
EXPLAINED = 32


@contextmanager
def refusals() -> Generator[None]:
    """Around everything that may refuse a stack.

    Raises:
        SystemExit: the findings have been shown; ``pulumi.RunError`` would make the host add that the program failed.
    """
    try:
        yield
    except StackFileError as error:
        pulumi.log.error(str(error))
        raise SystemExit(EXPLAINED) from None
