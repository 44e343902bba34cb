"""How single values are spelt in the guests' files. Each filter says which daemon's rule it follows."""

from collections.abc import Callable, Mapping


def seconds(value: float) -> str:
    """A time as keepalived reads it: ``1``, ``0.1``; never ``1.0`` or an exponent."""
    return f"{value:.6f}".rstrip("0").rstrip(".")


def duration(value: float) -> str:
    """A time as HAProxy reads it: ``10s``, ``500ms``; a bare number would be milliseconds."""
    return f"{value:.0f}s" if value == int(value) else f"{value * 1000:.0f}ms"


def quoted(value: str) -> str:
    """A word in double quotes, for keepalived: so ``#`` and ``!`` begin no comment and a blank ends no word.

    keepalived 2.2 knows no escape inside such a word.

    Raises:
        ValueError: the value holds a double quote or a line break, which cannot be written.
    """
    if '"' in value or not value.isprintable():
        raise ValueError("keepalived.conf cannot hold a double quote or a control character in a word")
    return f'"{value}"'


FILTERS: Mapping[str, Callable[..., str]] = {"seconds": seconds, "duration": duration, "quoted": quoted}
