"""The guide to the stack file, for readers: every key with what it takes, its default and its meaning.

Made from the model, never by hand. Deliberately leaves out the rules across keys, of which ``vipstack validate`` tells
those that a file breaks.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from components.config.base import Noun
from components.config.shapes import Shape, field_shape, fields_of, in_words, is_noun, is_union, shape_of, tags_of
from components.config.stack import StackConfig

_HEAD = """# Stack files

One runnable example a system, each a `Pulumi.<stack>.yaml` that `vipstack validate` and `pulumi up -s <stack>` read.
Written by `vipstack schema --write` from the model in components/config; not to be edited by hand.

"""

_KEYS = """
Every key below stands under `config:` with `vipstack:` before it, as in the examples. An unknown key is an error.
Editors that know yaml-language-server check a file as it is typed, by its line
`# yaml-language-server: $schema=schema.json`.

"""


def guide(examples: Mapping[str, str]) -> str:
    """The whole guide in Markdown.

    Args:
        examples: the text of each stack file by its name; its first line is a comment that says what it shows.
    """
    shows = (f"| [{name}]({name}) | {text.splitlines()[0].lstrip('# ')} |" for name, text in sorted(examples.items()))
    return _HEAD + _table(("file", "what it shows"), shows) + _KEYS + "\n".join(_sections())


def _sections() -> Iterator[str]:
    """A section for each noun that has keys of its own, and one for the rest."""
    head = ("key", "takes", "default", "meaning")
    rest: list[str] = []
    for key, field in fields_of(StackConfig).items():
        shape = field_shape(field)
        nested = list(_nested(shape))
        if not nested:
            rest.append(_row(key, field))
            continue
        rows = [row for below, inner in nested for row in _rows(inner, below.lstrip("."))]
        wanted = "required" if field.is_required() else "optional"
        yield f"## {key}\n\n{wanted}: {field.description}\n\n{_table(head, iter(rows))}"
    yield f"## The rest\n\n{_table(head, iter(rest))}"


def _table(head: tuple[str, ...], rows: Iterator[str]) -> str:
    return "\n".join([f"| {' | '.join(head)} |", "|---" * len(head) + "|", *rows]) + "\n"


def _rows(noun: type[Noun], above: str) -> Iterator[str]:
    for key, field in fields_of(noun).items():
        path = f"{above}.{key}".lstrip(".")
        yield _row(path, field)
        for below, inner in _nested(field_shape(field)):
            yield from _rows(inner, f"{path}{below}")


def _row(path: str, field: FieldInfo) -> str:
    takes = re.sub(r" such as \S+", "", in_words(field_shape(field)))
    return f"| `{path}` | {takes} | {_default(field)} | {field.description} |"


def _nested(shape: Shape) -> Iterator[tuple[str, type[Noun]]]:
    """The nouns below a key, with what stands between the key and theirs."""
    core, args = shape.core, get_args(shape.core)
    if is_noun(core):
        yield "", core
    elif is_union(core):
        yield from ((f" (type: {tags_of(member)[0]})", member) for member in args)
    elif get_origin(core) is dict:
        yield from ((".<name>", inner) for inner in [shape_of(args[1]).core] if is_noun(inner))
    elif get_origin(core) is tuple:
        yield from (("[]", inner) for inner in [shape_of(args[0]).core] if is_noun(inner))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = to_jsonable_python(field.get_default(call_default_factory=True, validated_data={}), by_alias=True)
    if value in (None, [], {}):
        return ""
    return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value, ensure_ascii=False)}`"
