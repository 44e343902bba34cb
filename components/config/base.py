"""What every noun of the stack file has in common.

Owns the spelling (kebab-case keys), the strictness (unknown keys are errors) and the shared value types. Deliberately
words no error: pydantic's own words show inputs, which may be secret; ``errors.py`` words each finding anew.
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
    )


# RFC 1123 label without dots: it becomes a host name, a Neutron name and a file name.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$")]


class AddressRange(Noun):
    """A closed range of IPv4 addresses, written ``first-last`` or as a single address."""

    first: IPv4Address
    last: IPv4Address

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    def __contains__(self, address: IPv4Address) -> bool:
        return self.first <= address <= self.last

    def __len__(self) -> int:
        return int(self.last) - int(self.first) + 1


def _parse_range(value: Any) -> Any:  # noqa: ANN401 - a validator sees whatever YAML held
    if isinstance(value, str):
        first, _, last = value.partition("-")
        return {"first": first.strip(), "last": (last or first).strip()}
    return value


def _ordered(value: AddressRange) -> AddressRange:
    if value.first > value.last:
        raise ValueError("the first address is above the last")
    return value


Range = Annotated[
    AddressRange,
    BeforeValidator(_parse_range, json_schema_input_type=str),
    AfterValidator(_ordered),
    Field(description="first-last, or one address"),
]
