"""The stack file as JSON Schema, for editors and other tools; and the table of its keys, for readers.

Both are made from the model, never by hand. The schema says what a single value may be; the rules across keys are beyond
it, so a file that an editor likes may still have findings.
"""

import json
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from components.config.base import NAME_PATTERN, Noun
from components.config.errors import at
from components.config.shapes import Shape, field_shape, fields_of, in_words, is_noun, is_union, shape_of
from components.config.stack import StackConfig
from components.config.wording import secret_nouns

# The dialect that pydantic speaks.
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def stack_file_schema() -> dict[str, Any]:
    """The schema of a whole ``Pulumi.<stack>.yaml``: our keys below config, other namespaces, and Pulumi's own keys."""
    model = StackConfig.model_json_schema(by_alias=True, mode="validation")
    definitions = model.pop("$defs")
    for definition in (model, *definitions.values()):
        _close(definition)
    properties = {at(key): value for key, value in model["properties"].items()}
    for key in secret_nouns():
        noun = properties[at(key)]
        properties[at(key)] = {
            "description": noun["description"],
            "anyOf": [{"type": "string"}, {"type": "object", "required": ["secure"], "maxProperties": 1}],
        }
    return {
        "$schema": _DIALECT,
        "title": "A stack of vipstack",
        "description": model["description"],
        "type": "object",
        "required": ["config"],
        "additionalProperties": False,
        "properties": {
            "config": {
                "type": "object",
                "required": [at(key) for key in model["required"]],
                "properties": properties,
                "patternProperties": {"^(?!vipstack:)[^:]+:.+$": {"description": "a provider's own configuration"}},
                "additionalProperties": False,
            },
            "encryptionsalt": {"type": "string", "description": "written by Pulumi"},
            "encryptedkey": {"type": "string", "description": "written by Pulumi"},
            "secretsprovider": {"type": "string", "description": "written by Pulumi"},
            "environment": {"description": "Pulumi's environments"},
        },
        "$defs": definitions,
    }


def schema_text() -> str:
    """The schema as it is committed: stable, indented, with a final newline."""
    return json.dumps(stack_file_schema(), indent=2, ensure_ascii=False) + "\n"


def _close(definition: dict[str, Any]) -> None:
    """Refuse names that are none, and drop titles, which only repeat the keys."""
    definition.pop("title", None)
    for value in definition.get("properties", {}).values():
        value.pop("title", None)
        if NAME_PATTERN in value.get("patternProperties", {}):
            value["additionalProperties"] = False


def key_table() -> str:
    """Every key of the stack file as a Markdown table a noun: key, what it takes, default, meaning."""
    rows = ["| key | takes | default | meaning |", "|---|---|---|---|"]
    rows += (f"| `{path}` | {takes} | {default} | {meaning} |" for path, takes, default, meaning in _rows(StackConfig))
    return "\n".join(rows) + "\n"


def _rows(noun: type[Noun], above: str | None = None) -> Iterator[tuple[str, str, str, str]]:
    for key, field in fields_of(noun).items():
        path = at(key) if above is None else f"{above}.{key}"
        shape = field_shape(field)
        yield path, in_words(shape), _default(field), field.description or ""
        for below, inner in _nested(shape):
            yield from _rows(inner, f"{path}{below}")


def _nested(shape: Shape) -> Iterator[tuple[str, type[Noun]]]:
    """The nouns below a key, with what stands between the key and theirs."""
    core, args = shape.core, get_args(shape.core)
    if is_noun(core):
        yield "", core
    elif is_union(core):
        yield from (("", member) for member in args)
    elif get_origin(core) is dict:
        yield from ((".<name>", inner) for inner in [shape_of(args[1]).core] if is_noun(inner))
    elif get_origin(core) is tuple:
        yield from (("[]", inner) for inner in [shape_of(args[0]).core] if is_noun(inner))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = to_jsonable_python(field.get_default(call_default_factory=True, validated_data={}), by_alias=True)
    return "none" if value in (None, [], {}) else f"`{json.dumps(value, ensure_ascii=False).strip(chr(34))}`"
