"""Back from Python's words for keys to the operator's, in which everything behind this room speaks."""

from collections.abc import Iterable, Mapping
from typing import Any, cast, get_args, get_origin

from pydantic.fields import FieldInfo

from components.config.shapes import field_shape, is_noun, is_union, shape_of
from components.config.stack import StackConfig


def spelt(args: Mapping[str, Any]) -> dict[str, Any]:
    """What the component was given, as a stack file's nouns: Python's words for keys become the operator's.

    What is no word of the model stays as it is, so that the findings name it.
    """
    return _spelt(StackConfig, args)


def _spelt(core: Any, value: Any) -> Any:  # noqa: ANN401 - annotations and plain data have no common type
    args = get_args(core)
    if isinstance(value, Mapping):
        written = cast("Mapping[str, Any]", value)
        if get_origin(core) is dict:
            return {key: _spelt(shape_of(args[1]).core, item) for key, item in written.items()}
        nouns = args if is_union(core) else (core,) if is_noun(core) else ()
        fields = {name: info for noun in nouns for name, info in noun.model_fields.items()}
        return dict(_entry(key, fields.get(key), item) for key, item in written.items())
    if isinstance(value, list | tuple) and get_origin(core) is tuple:
        return [_spelt(shape_of(args[0]).core, item) for item in cast("Iterable[Any]", value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # Pulumi's wire has one kind of number
    return cast("Any", value)


def _entry(key: str, field: FieldInfo | None, value: Any) -> tuple[str, Any]:  # noqa: ANN401 - as above
    return (field.alias or key, _spelt(field_shape(field).core, value)) if field else (key, value)
