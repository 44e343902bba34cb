"""What every noun of the stack file has in common.

Owns the spelling (kebab-case keys), the strictness (unknown keys are errors) and the shared value types. Deliberately
words no error: pydantic's own words show inputs, which may be secret; ``wording.py`` words each finding anew.
"""

from ipaddress import IPv4Address
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class Noun(BaseModel):
    """A mapping of the stack file: frozen, kebab-case, unknown keys refused, inputs never echoed."""

    model_config = ConfigDict(
        alias_generator=_kebab,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )


# RFC 1123 label without dots: it becomes a host name, a Neutron name and a file name.
NAME_PATTERN = r"^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]

# What the cloud calls something: images, flavors, networks, key pairs. OpenStack's names end at 255 characters.
CloudName = Annotated[str, StringConstraints(min_length=1, max_length=255)]


class AddressRange(Noun):
    """A closed range of IPv4 addresses, written ``first-last`` or as a single address."""

    first: IPv4Address
    last: IPv4Address

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def __contains__(self, address: IPv4Address) -> bool:
        return self.first <= address <= self.last

    def __len__(self) -> int:
        return int(self.last) - int(self.first) + 1


def _parse_range(value: Any) -> Any:  # noqa: ANN401 - a validator sees whatever YAML held
    if isinstance(value, AddressRange):
        return value
    if not isinstance(value, str):
        raise ValueError("not written as text")  # noqa: TRY004 - pydantic collects ValueErrors, a TypeError escapes
    first, _, last = value.partition("-")
    return {"first": first.strip(), "last": (last or first).strip()}


def _ordered(value: AddressRange) -> AddressRange:
    if value.first > value.last:
        raise ValueError("the first address is above the last")
    return value


# For editors: four numbers with dots, once or twice. The octets are judged by IPv4Address.
_RANGE_INPUT = Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+){3}( *- *[0-9]+(\.[0-9]+){3})?$")]

Range = Annotated[
    AddressRange,
    BeforeValidator(_parse_range, json_schema_input_type=_RANGE_INPUT),
    AfterValidator(_ordered),
    Field(description="first-last, or one address"),
]
