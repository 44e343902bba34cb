"""The place in the stack file that an error of the model speaks of.

pydantic's locations have parts that are in no file: the tag of a union's member, the ends of a range. Deliberately
words nothing; ``wording.py`` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast, get_args

from components.config.shapes import Shape, field_shape, fields_of, is_noun, is_union, shape_of, tags_of
from components.config.stack import StackConfig


@dataclass(frozen=True)
class Spot:
    """The place in the stack file that an error speaks of, with what stands there."""

    path: tuple[str | int, ...]
    value: object
    shape: Shape
    why: str | None
    is_key: bool


def find_spot(kind: str, loc: tuple[str | int, ...], raw: Mapping[str, object]) -> Spot:
    """Follow pydantic's location through the file; parts that are not in the file (tags, range ends) are left out."""
    path: list[str | int] = []
    value: object = raw
    shape, why = Shape(StackConfig), None
    is_key = len(loc) > 1 and loc[-1] == "[key]" and kind not in ("extra_forbidden", "missing")
    for part in loc[:-1] if is_key else loc:
        if is_union(shape.core):  # this part is the tag of one of its members
            shape = Shape(next(member for member in get_args(shape.core) if part in tags_of(member)))
        elif isinstance(value, str):  # a part of what the noun reads out of a text
            break
        else:
            path.append(part)
            value = _below(value, part)
            if is_noun(shape.core):
                field = fields_of(shape.core).get(str(part))
                shape, why = (field_shape(field), field.description) if field else (shape, None)
            else:  # a list's item, or a value of a mapping by name
                shape, why = shape_of(get_args(shape.core)[0 if isinstance(part, int) else 1]), None
    return Spot(tuple(path), value, shape, why, is_key)


def _below(value: object, part: str | int) -> object:
    if isinstance(part, int):
        return cast("list[object]", value)[part]
    return cast("dict[str, object]", value).get(part)
