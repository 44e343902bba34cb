"""The stack file as JSON Schema, for editors and other tools.

Made from the model, never by hand. It says what a single value may be; the rules across keys are beyond it, so a file
that an editor likes may still have findings.
"""

import json
from typing import Any

from components.config.base import NAME_PATTERN
from components.config.errors import at
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
    for key, noun in properties.items():
        if noun.get("type") == "integer":  # `pulumi config set` writes every scalar directly below config as text
            properties[key] = {**noun, "type": ["integer", "string"], "pattern": "^[0-9]+$"}
    for key in secret_nouns():
        noun = properties[at(key)]
        secret = {"anyOf": [{"type": "string"}, {"type": "object", "required": ["secure"], "maxProperties": 1}]}
        if "patternProperties" in noun:
            noun["patternProperties"] = dict.fromkeys(noun["patternProperties"], secret)
        else:
            properties[at(key)] = {"description": noun["description"], **secret}
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
