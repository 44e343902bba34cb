"""How single values are spelt."""

import pytest

from components.rendering.filters import quoted, seconds


@pytest.mark.parametrize(
    ("value", "text"),
    [(1, "1"), (1.0, "1"), (0.1, "0.1"), (0.01, "0.01"), (10.0, "10"), (0.00001, "0.00001"), (2.5, "2.5")],
)
def test_a_time_is_written_without_exponent_and_without_idle_zeros(value: float, text: str) -> None:
    assert seconds(value) == text


@pytest.mark.parametrize("word", ["a&b", "a b", "a#b", "!a", "{a}", "a\\b", "a'b", "$a"])
def test_a_word_stays_as_it_is_between_quotes(word: str) -> None:
    assert quoted(word) == f'"{word}"'


@pytest.mark.parametrize("word", ['a"b', "a\nb", "a\tb"])
def test_what_keepalived_cannot_read_back_is_refused_rather_than_changed(word: str) -> None:
    with pytest.raises(ValueError, match="double quote or a control character"):
        quoted(word)
