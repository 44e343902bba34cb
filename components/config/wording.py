"""The model's own findings in our words: each error of pydantic becomes a ``Finding``, and no secret is ever shown.

Deliberately never uses pydantic's messages, which name Python types, nor its inputs, which may be secret: the value
comes from the stack file itself, the words from the noun's field.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Literal, cast, get_args, get_origin

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from components.config.base import NAME_PATTERN, AddressRange, AddressRange6, IPAddress, IPNetwork, PortRange
from components.config.errors import Finding, at, choose, nearest, shown
from components.config.shapes import (
    Shape,
    choices,
    field_shape,
    fields_of,
    in_words,
    kind_in_words,
    tags_of,
)
from components.config.spots import Spot, find_spot
from components.config.stack import StackConfig

_NAME_ALLOWED = (
    "A name has lower-case letters, digits and hyphens, begins with a letter, does not end with a hyphen and has at "
    "most 32 characters, for it becomes part of host names"
)
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def model_findings(error: ValidationError, raw: Mapping[str, object]) -> Iterator[Finding]:
    """Word every error of a failed validation.

    Args:
        error: from validating ``raw`` as a StackConfig.
        raw: the nouns as the file holds them, by key.
    """
    secret = secret_nouns()
    for details in error.errors(include_url=False, include_input=False, include_context=False):
        spot = find_spot(details["type"], details["loc"], raw)
        if details["type"] == "too_short" and spot.value:
            continue  # pydantic counts only the items that it could read, each of which has a finding already
        yield _word(details, spot, hide=bool(spot.path) and spot.path[0] in secret)


def _word(details: ErrorDetails, spot: Spot, *, hide: bool) -> Finding:
    where = at(*spot.path)
    kind = details["type"]
    if spot.is_key or (kind == "string_pattern_mismatch" and _is_name(spot.shape)):
        name = str(spot.path[-1]) if spot.is_key else spot.value
        return Finding(where, f"{shown(name)} is not a name", _NAME_ALLOWED, "Rename it")
    if kind == "extra_forbidden":
        known = list(fields_of(spot.shape.core))
        return Finding(where, "this key is unknown", f"Known here are {', '.join(known)}", _for_unknown(spot, known))
    reason = f": {spot.why}" if spot.why else ""
    if kind == "missing":
        expected = f"It takes {in_words(spot.shape)}{reason}"
        return Finding(where, "this key is required and missing", expected, "Add it")
    got = "this secret value" if hide else "it" if kind == "too_short" else shown(spot.value)
    if kind == "union_tag_not_found":
        return Finding(where, "its key type is missing", f"Allowed is {_tags(spot.shape)}{reason}", "Add the type")
    if kind == "union_tag_invalid":
        tag = shown(cast("dict[str, object]", spot.value).get("type"))
        return Finding(where, f"type {tag} is unknown", f"Allowed is {_tags(spot.shape)}{reason}", "Choose one of them")
    return Finding(
        where,
        f"{got} {_complaint(kind, spot)}",
        f"Allowed is {in_words(spot.shape)}{reason}",
        "Write it anew" if hide else _remedy(kind, spot),
    )


def _is_name(shape: Shape) -> bool:
    return any(getattr(limit, "pattern", None) == NAME_PATTERN for limit in shape.limits)


def _for_unknown(spot: Spot, known: list[str]) -> str:
    remedy = choose(str(spot.path[-1]), known)
    return f"{remedy}, or remove the key" if remedy.startswith("Write") else "Remove the key"


def _tags(shape: Shape) -> str:
    tags = [tag for member in get_args(shape.core) for tag in tags_of(member)]
    return " or ".join(f"type: {tag}" for tag in tags)


_ADDRESSES = (IPv4Address, IPv6Address, IPAddress)
_SUBNETS = (IPv4Network, IPv6Network, IPNetwork)
_RANGES = (AddressRange, AddressRange6)


def _complaint(kind: str, spot: Spot) -> str:  # noqa: PLR0911 - a table of kinds, one line each
    core, value = spot.shape.core, spot.value
    if value is None or (kind.endswith("_type") and isinstance(value, dict | list)):
        return "stands here"
    if choices(core):
        return "is unknown"
    if kind in ("greater_than_equal", "less_than_equal"):
        return "is out of range"
    if kind in ("string_pattern_mismatch", "string_too_long"):
        return "does not fit"
    if kind in ("string_too_short", "too_short"):
        return "is empty"
    if kind == "finite_number":
        return "is not finite"
    if core in _SUBNETS and _subnet(core, value):
        return "is too small"
    if core in (*_ADDRESSES, *_SUBNETS, *_RANGES, PortRange, datetime):
        return f"is not {in_words(spot.shape).partition(' such as')[0]}"
    return f"is {_kind_of(value)}, not {kind_in_words(core)}"


def _kind_of(value: object) -> str:
    """The YAML type of a value, for a value whose type is the trouble."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, float):
        return "a fraction"
    return "a number" if isinstance(value, int) else shown(value)


_BY_KIND = {
    "greater_than_equal": "Choose one in that range",
    "less_than_equal": "Choose one in that range",
    "string_too_short": "Fill it in",
    "too_short": "Fill it in",
    "string_pattern_mismatch": "Correct it",
    "string_too_long": "Correct it",
}


def _remedy(kind: str, spot: Spot) -> str:  # noqa: PLR0911 - a table of shapes, one each
    core, value = spot.shape.core, spot.value
    if choices(core):
        return _for_choice(core, value)
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    if core in _SUBNETS:
        return _for_subnet(core, value)
    if core in _RANGES:
        return "Write the first and the last address with a hyphen between them, the lower one first"
    if core is PortRange:
        return "Write the first and the last port with a hyphen between them, the lower one first; one alone is port"
    if core is datetime:
        return "Write a day, T, hours and minutes in UTC, and Z"
    if core is str and isinstance(value, int | float):
        return f'Write it in quotes: "{shown(value)}"'
    if core in (int, float) and isinstance(value, str) and _NUMBER.fullmatch(value):
        return f"Write it without quotes: {value}"
    if get_origin(core) is tuple and isinstance(value, str):
        return f"Write a list: [{value}]"
    return f"Write {kind_in_words(core)}"


def _for_choice(core: object, value: object) -> str:
    near = nearest(str(value), choices(core))
    if near == value and get_origin(core) is Literal:  # a number, written as text
        return f"Write it without quotes: {near}"
    if len(choices(core)) == 1:
        return f"Write {choices(core)[0]}, or remove the key"
    return f"Write {near}, if that was meant" if near else "Choose one of them"


def _subnet(core: object, value: object, *, strict: bool = True) -> IPNetwork | None:
    """The value as a subnet of the wanted family, where it is one."""
    try:
        network = ip_network(value, strict=strict) if isinstance(value, str) else None
    except ValueError:
        return None
    return network if core in (IPNetwork, type(network)) else None


def _for_subnet(core: object, value: object) -> str:
    network = _subnet(core, value, strict=False)
    if network is None:
        return "Write the subnet's first address, a slash and the length of its prefix"
    return "Take a larger subnet" if _subnet(core, value) else f"Write {network}, if that was meant"


def secret_nouns() -> frozenset[str]:
    """The nouns that are secret by their type, whether or not the operator encrypted them."""
    return frozenset(key for key, field in fields_of(StackConfig).items() if _is_secret(field_shape(field).core))


def _is_secret(core: object) -> bool:
    return core is SecretStr or (get_origin(core) is dict and get_args(core)[1] is SecretStr)
