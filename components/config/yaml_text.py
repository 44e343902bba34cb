"""YAML as Pulumi's own reader takes it, with the slips that YAML forgives refused.

Owns the loader: a key twice in one mapping is an error with its line, ``yes`` and ``12:30`` are text (YAML 1.2, as in
the Go library that Pulumi uses). Deliberately knows nothing of stack files.
"""

import re
from collections.abc import Hashable
from typing import Any, cast

import yaml

from components.config.errors import Finding

# PyYAML's parser in C where it was built: a stack of a thousand real servers loads several times faster.
FAST_SAFE_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(FAST_SAFE_LOADER):
    """SafeLoader that refuses a key twice and takes every key for text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge" or not isinstance(key, yaml.ScalarNode):
                continue
            key.tag, text = "tag:yaml.org,2002:str", str(key.value)
            if text in seen:
                problem = f"the key {text} is there twice, first in line {seen[text]}"
                raise yaml.constructor.ConstructorError(None, None, problem, key.start_mark)
            seen[text] = key.start_mark.line + 1
        return super().construct_mapping(node, deep)


def _scalars() -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    """What a plain scalar may be by YAML 1.2's core schema, by its first character, in PyYAML's form."""
    resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    for tag, pattern, first in (
        ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
        ("int", r"^[-+]?(?:0x[0-9a-fA-F]+|0b[01]+|0|[1-9][0-9]*)$", "-+0123456789"),
        ("float", r"^[-+]?(?:(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)$", "-+0123456789."),
        ("float", r"^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$", "-+."),
        ("merge", r"^<<$", "<"),
        ("null", r"^(?:~|null|Null|NULL|)$", "~nN"),
    ):
        for letter in [*first, *([""] if tag == "null" else [])]:
            resolvers.setdefault(letter, []).append((f"tag:yaml.org,2002:{tag}", re.compile(pattern)))
    return resolvers


_Loader.yaml_implicit_resolvers = _scalars()


def parse(text: str, where: str) -> tuple[object, list[Finding]]:
    """Read one YAML document.

    Args:
        text: the document.
        where: the file's name, for the finding.

    Returns:
        What the document holds, with every key as text; or None and the one finding at which reading stopped.
    """
    try:
        # The loader is a SafeLoader: it builds plain data only.
        return _plain(yaml.load(text, _Loader)), []  # noqa: S506
    except yaml.MarkedYAMLError as error:
        return None, [_finding(error, text, where)]
    except yaml.YAMLError:
        problem, remedy = "there is a character that YAML does not allow", "Remove the character"
        return None, [Finding(where, problem, "A stack file has no control characters", remedy)]
    except RecursionError:
        problem, remedy = "an alias refers to what it stands in, or the nesting is too deep", "Write the value out"
        return None, [Finding(where, problem, "A stack file is finite data", remedy)]


def _finding(error: yaml.MarkedYAMLError, text: str, where: str) -> Finding:
    mark = error.problem_mark or error.context_mark
    problem = (error.problem or "it cannot be read").removeprefix("found ")
    if mark:
        where = f"{where}, line {mark.line + 1}, column {mark.column + 1}"
        lines = text.splitlines()
        if mark.line < len(lines) and lines[mark.line][mark.column : mark.column + 1] == "\t":
            problem = "a tab stands where only spaces may"
    allowed = "A stack file is YAML, indented by spaces, with each key once"
    return Finding(where, problem, allowed, "Correct the file there, or somewhat above")


def _plain(value: object) -> object:
    """The value as JSON could hold it: keys are text, nothing is left that only YAML knows."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in cast("dict[object, object]", value).items()}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[object]", value)]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
