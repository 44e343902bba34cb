"""Files that are no stack file, or hide a slip that YAML forgives.

This rung decides what the reader makes of text. Which values a stack file may hold is decided in test_bad_input.py.
"""

import pytest

from components.config.yaml_text import parse

REFUSED = {
    "a key twice": (
        "config:\n  a: 1\n  b: 2\n  a: 3\n",
        "f, line 4, column 3: the key a is there twice, first in line 2.",
    ),
    "a key twice in braces": ("{a: 1, a: 2}", "f, line 1, column 8: the key a is there twice, first in line 1."),
    "a tab for indentation": ("config:\n\tweb: 1\n", "f, line 2, column 1: a tab stands where only spaces may."),
    "an open bracket": ("config: [1, 2\n", "f, line 2, column 1: did not find expected ',' or ']'."),
    "two documents": ("a: 1\n---\nb: 2\n", "f, line 2, column 1: but found another document."),
    "a Python object": (
        "a: !!python/object/apply:os.system [ls]\n",
        "f, line 1, column 4: could not determine a constructor for the tag "
        "'tag:yaml.org,2002:python/object/apply:os.system'.",
    ),
    "a control character": ("a: \x07\n", "f: there is a character that YAML does not allow."),
    "an alias to what it stands in": (
        "a: &a [*a]\n",
        "f: an alias refers to what it stands in, or the nesting is too deep.",
    ),
}


@pytest.mark.parametrize(("text", "words"), REFUSED.values(), ids=REFUSED)
def test_text_that_cannot_be_read_names_the_place(text: str, words: str) -> None:
    document, findings = parse(text, "f")
    assert document is None
    assert len(findings) == 1, "reading stops at the first trouble"
    assert str(findings[0]).startswith(words), "an operator looks for the line"


def test_scalars_are_those_of_pulumis_own_reader() -> None:
    document, _ = parse("[yes, no, on, 12:30, 2026-11-21, 010, 0x10, 1e3, true, ~, 1.5, '1']", "f")
    assert document == ["yes", "no", "on", "12:30", "2026-11-21", "010", 16, 1000.0, True, None, 1.5, "1"]


def test_every_key_becomes_text() -> None:
    document, _ = parse("{1: a, true: b, null: c, 1.5: d}", "f")
    assert document == {"1": "a", "true": "b", "null": "c", "1.5": "d"}, "JSON has no other keys, nor has Pulumi"


def test_merged_keys_are_no_duplicates() -> None:
    document, findings = parse("base: &base {a: 1, b: 2}\nother: {<<: *base, b: 3}\n", "f")
    assert findings == []
    assert document == {"base": {"a": 1, "b": 2}, "other": {"a": 1, "b": 3}}
