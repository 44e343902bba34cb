"""Times to live as operators say them."""

from datetime import UTC, datetime, timedelta

import pytest

from environments.errors import EnvError
from environments.lifetimes import left, parse

NOW = datetime(2026, 11, 21, 20, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "lifetime"),
    [
        ("4h", timedelta(hours=4)),
        ("90m", timedelta(minutes=90)),
        ("1d12h", timedelta(hours=36)),
        ("1m", timedelta(minutes=1)),
    ],
)
def test_a_time_to_live_is_read(text: str, lifetime: timedelta):
    assert parse(text) == lifetime


@pytest.mark.parametrize("text", ["", "4", "h", "0m", "-4h", "4 h", "4h30", "12h1d", "91d", "1w", "٤h"])
def test_what_is_no_time_to_live_is_refused_in_words(text: str):
    with pytest.raises(EnvError) as refused:
        parse(text)
    assert str(refused.value) == (
        f'--ttl: "{text}"\n'
        "  expected: days, hours and minutes such as 4h, 90m or 1d12h, from 1m to 90d: what lives longer is a stack of "
        "its own\n"
        "  do: write it so"
    )


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (NOW + timedelta(hours=3, minutes=5, seconds=59), "3h 5m left"),
        (NOW + timedelta(days=2, minutes=1), "2d 1m left"),
        (NOW - timedelta(minutes=10), "over since 10m"),
        (NOW, "over since 0m"),
    ],
)
def test_what_is_left_is_said_in_two_units(end: datetime, words: str):
    assert left(end, NOW) == words
