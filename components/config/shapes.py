"""What a key of the stack file may hold, read off the model and said in words.

Serves the findings' words and the key table alike, so that a limit is written once: on the noun's field. Deliberately
judges nothing; pydantic does.
"""

import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from components.config.base import AddressRange, AddressRange6, Ends, IPAddress, IPNetwork, Noun, PortRange

# Types by the words that an operator would use, with an example where the form is not obvious.
_PLAIN: Mapping[object, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "text",
    SecretStr: "text",
    IPv4Address: "an IPv4 address such as 203.0.113.2",
    IPv4Network: "an IPv4 subnet such as 203.0.113.0/27",
    AddressRange: "a range of IPv4 addresses such as 203.0.113.16-203.0.113.30",
    IPv6Address: "an IPv6 address such as 2001:db8::2",
    IPv6Network: "an IPv6 subnet such as 2001:db8::/64",
    AddressRange6: "a range of IPv6 addresses such as 2001:db8::100-2001:db8::1ff",
    IPAddress: "an IPv4 or IPv6 address such as 203.0.113.2 or 2001:db8::2",
    IPNetwork: "a subnet such as 203.0.113.0/27 or 2001:db8::/64",
    PortRange: "a range of ports such as 8000-8099",
    datetime: "a time such as 2026-11-21T20:15Z",
}


@dataclass(frozen=True)
class Shape:
    """A type without its wrappers (Annotated, Optional), and the limits that the wrappers held."""

    core: Any
    limits: tuple[Any, ...] = ()


def shape_of(annotation: Any, limits: Iterable[Any] = ()) -> Shape:  # noqa: ANN401 - annotations have no common type
    """Unwrap an annotation: ``Annotated[X, ...]`` and ``X | None`` are X."""
    found = list(limits)
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            found.extend(more)
            continue
        members = [member for member in get_args(annotation) if member is not types.NoneType]
        if get_origin(annotation) in (Union, types.UnionType) and len(members) == 1:
            annotation = members[0]
            continue
        if len(members) < len(get_args(annotation)) and get_origin(annotation) in (Union, types.UnionType):
            annotation = _union(members)
            continue
        return Shape(annotation, tuple(found))


def _union(members: list[Any]) -> Any:  # noqa: ANN401 - as above
    return Union[tuple(members)]  # noqa: UP007 - as many as there are


def field_shape(field: FieldInfo) -> Shape:
    """The shape of a noun's field."""
    return shape_of(field.annotation, field.metadata)


def fields_of(noun: type[Noun]) -> dict[str, FieldInfo]:
    """A noun's fields by the keys that the operator writes."""
    return {field.alias or name: field for name, field in noun.model_fields.items()}


def is_noun(core: object) -> bool:
    """Whether a core type is a mapping with fixed keys (a range is written as text)."""
    return isinstance(core, type) and issubclass(core, Noun) and not issubclass(core, Ends | PortRange)


def is_union(core: object) -> bool:
    """Whether a core type is one of several nouns, told apart by their key ``type``."""
    return get_origin(core) in (Union, types.UnionType) and core not in _PLAIN


def choices(core: object) -> tuple[str, ...]:
    """The words that an enumeration or a literal allows; none for other types."""
    if isinstance(core, type) and issubclass(core, Enum):
        return tuple(str(member.value) for member in core)
    if get_origin(core) is Literal:
        return tuple(str(value) for value in get_args(core))
    return ()


def tags_of(noun: type[Noun]) -> tuple[str, ...]:
    """The value of the key ``type`` by which a member of a union is known."""
    return choices(field_shape(fields_of(noun)["type"]).core)


def in_words(shape: Shape) -> str:
    """What a shape holds, as the end of the sentence "allowed is ..."."""
    words = choices(shape.core)
    if words:
        return " or ".join(words) if len(words) < 3 else f"one of {', '.join(words)}"  # noqa: PLR2004 - a pair reads as or
    if shape.core in _PLAIN:
        return _PLAIN[shape.core] + _bounds(shape.limits)
    origin, args = get_origin(shape.core), get_args(shape.core)
    if origin is tuple:
        return f"a list{_least(shape.limits)}, each item {in_words(shape_of(args[0]))}"
    if origin is dict:
        return "a mapping by name"
    if is_union(shape.core):
        return f"a mapping with type: {' or '.join(tag for member in get_args(shape.core) for tag in tags_of(member))}"
    return "a mapping"


def kind_in_words(core: object) -> str:
    """The kind of value alone, without limits and examples."""
    if core in _PLAIN:
        return _PLAIN[core].partition(" such as")[0]
    return "a list" if get_origin(core) is tuple else "a mapping"


def _least(limits: Iterable[object]) -> str:
    least = next((limit.min_length for limit in limits if isinstance(limit, annotated_types.MinLen)), 0)
    return f" of at least {least}" if least else ""


def _bounds(limits: Iterable[object]) -> str:
    low = next((limit.ge for limit in limits if isinstance(limit, annotated_types.Ge)), None)
    high = next((limit.le for limit in limits if isinstance(limit, annotated_types.Le)), None)
    if low is not None and high is not None:
        return f" from {low} to {high}"
    return f", {low} or more" if low is not None else ""
