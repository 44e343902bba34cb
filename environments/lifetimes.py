"""How long an environment lives, as operators say it: ``4h``, ``90m``, ``1d12h``."""

import re
from datetime import datetime, timedelta

from environments.errors import EnvError

_WRITTEN = re.compile(r"(?:([0-9]{1,4})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?")
SHORTEST = timedelta(minutes=1)  # the spelling's own step
LONGEST = timedelta(days=90)  # what lives longer is no test environment, and is somebody's stack


def parse(text: str) -> timedelta:
    """A time to live.

    Raises:
        EnvError: it is not written so, or out of bounds.
    """
    found = _WRITTEN.fullmatch(text)
    days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    lifetime = timedelta(days=days, hours=hours, minutes=minutes)
    if not SHORTEST <= lifetime <= LONGEST:
        raise EnvError(
            "--ttl",
            f'"{text}"',
            "days, hours and minutes such as 4h, 90m or 1d12h, from 1m to 90d: what lives longer is a stack of its own",
            "write it so",
        )
    return lifetime


def words(span: timedelta) -> str:
    """A span in its two largest units, as ``1d 2h``, ``3h 5m`` or ``0m``."""
    minutes = int(abs(span).total_seconds()) // 60
    parts = [(minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "m")]
    said = [f"{count}{unit}" for count, unit in parts if count]
    return " ".join(said[:2]) or "0m"


def left(end: datetime, now: datetime) -> str:
    """How long it is to an end, or since."""
    return f"{words(end - now)} left" if end > now else f"over since {words(now - end)}"
