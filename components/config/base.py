"""What every noun of the stack file has in common.

Owns the spelling (kebab-case keys), the strictness (unknown keys are errors) and the shared value types. Deliberately
words no error: pydantic's own words show inputs, which may be secret; ``wording.py`` words each finding anew.
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)


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
        # The whole stack file's validator holds those of its nouns: building each alone too costs a fifth of the start.
        defer_build=True,
    )


# RFC 1123 label without dots: it becomes a host name, a Neutron name and a file name.
NAME_PATTERN = r"^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]

# What the cloud calls something: images, flavors, networks, key pairs. OpenStack's names end at 255 characters.
CloudName = Annotated[str, StringConstraints(min_length=1, max_length=255)]


IPV4, IPV6 = 4, 6
"""The families, as ``.version`` of an address and of a subnet has them."""

IPAddress = IPv4Address | IPv6Address
"""An address of either family; ``.version`` says which."""

IPNetwork = IPv4Network | IPv6Network
"""A subnet of either family."""


def _address(value: object) -> IPAddress:
    if isinstance(value, IPv4Address | IPv6Address):
        return value
    if not isinstance(value, str) or "%" in value:  # a zone is a host's own word for an interface
        raise ValueError("not written as an address")
    return ip_address(value)


def _network(value: object) -> IPNetwork:
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    if not isinstance(value, str):
        raise ValueError("not written as a subnet")  # noqa: TRY004 - pydantic collects ValueErrors only
    return ip_network(value)


# One validator for both families: pydantic would report a union's trouble once for each.
AnyAddress = Annotated[
    IPAddress,
    PlainValidator(_address),
    PlainSerializer(str),
    WithJsonSchema({"anyOf": [{"type": "string", "format": family} for family in ("ipv4", "ipv6")]}),
]
AnySubnet = Annotated[
    IPNetwork,
    PlainValidator(_network),
    PlainSerializer(str),
    WithJsonSchema({"anyOf": [{"type": "string", "format": f"{family}network"} for family in ("ipv4", "ipv6")]}),
]

AnyIP = TypeVar("AnyIP", IPv4Address, IPv6Address)


class Ends(Noun, Generic[AnyIP]):
    """A closed range of addresses of one family, written ``first-last`` or as a single address."""

    first: AnyIP
    last: AnyIP

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def __contains__(self, address: IPAddress) -> bool:
        return self.first.version == address.version and int(self.first) <= int(address) <= int(self.last)

    @property
    def size(self) -> int:
        """How many addresses it holds; not ``len()``, which ends at 2**63."""
        return int(self.last) - int(self.first) + 1


class AddressRange(Ends[IPv4Address]):
    """A closed range of IPv4 addresses."""


class AddressRange6(Ends[IPv6Address]):
    """A closed range of IPv6 addresses."""


AnyRange = AddressRange | AddressRange6


def _parse_range(value: Any) -> Any:  # noqa: ANN401 - a validator sees whatever YAML held
    if isinstance(value, AddressRange | AddressRange6):
        return value
    if not isinstance(value, str):
        raise ValueError("not written as text")  # noqa: TRY004 - pydantic collects ValueErrors, a TypeError escapes
    first, _, last = value.partition("-")
    return {"first": first.strip(), "last": (last or first).strip()}


def _ordered(value: AnyRange) -> AnyRange:
    if value.size < 1:
        raise ValueError("the first address is above the last")
    return value


class PortRange(Noun):
    """A closed range of ports, written ``first-last``."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def overlaps(self, other: "PortRange") -> bool:
        """Whether a port is in both."""
        return self.first <= other.last and other.first <= self.last


_PORTS = re.compile(r"([0-9]{1,5}) *- *([0-9]{1,5})")
_HIGHEST_PORT = 65535


def _parse_ports(value: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, PortRange):
        return value
    written = _PORTS.fullmatch(value) if isinstance(value, str) else None
    if written is None:
        raise ValueError("not written as a range")
    return {"first": int(written[1]), "last": int(written[2])}


def _rising(value: PortRange) -> PortRange:
    if not 1 <= value.first < value.last <= _HIGHEST_PORT:
        raise ValueError("not a rising range of ports")
    return value


# A single port is ``port``: it needs no firewall mark.
Ports = Annotated[
    PortRange,
    BeforeValidator(
        _parse_ports,
        json_schema_input_type=Annotated[str, StringConstraints(pattern=r"^[0-9]{1,5} *- *[0-9]{1,5}$")],
    ),
    AfterValidator(_rising),
    Field(description="first-last"),
]

# For editors: four numbers with dots, once or twice. The octets are judged by IPv4Address.
_RANGE_INPUT = Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+){3}( *- *[0-9]+(\.[0-9]+){3})?$")]

Range = Annotated[
    AddressRange,
    BeforeValidator(_parse_range, json_schema_input_type=_RANGE_INPUT),
    AfterValidator(_ordered),
    Field(description="first-last, or one address"),
]

# For editors: what looks like an address of IPv6, once or twice.
_RANGE6_INPUT = Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f:.]+( *- *[0-9A-Fa-f:.]+)?$")]
Range6 = Annotated[
    AddressRange6,
    BeforeValidator(_parse_range, json_schema_input_type=_RANGE6_INPUT),
    AfterValidator(_ordered),
    Field(description="first-last, or one address"),
]
