"""The inputs of a Configuration as the provider gets them: read, and judged with all findings at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime.rpc import UNKNOWN

from guestconfig import paths
from guestconfig.wire import Manifest, TooLargeError

CHANNEL = "channel"
USER_DATA = "user-data"
DELIVERIES = (CHANNEL, USER_DATA)

_TEXTS = ("host", "role", "server_id", "delivery")
_MAPS = ("files", "interfaces")
_ALL = (*_TEXTS, *_MAPS, "deadline")


@dataclass(frozen=True)
class Inputs:
    """What is to be delivered to whom, and how long that may take (seconds)."""

    host: str
    role: str
    server_id: str
    delivery: str
    files: Mapping[str, str]
    interfaces: Mapping[str, str]
    deadline: float

    def manifest(self, generation: int) -> Manifest:
        """The manifest of this generation."""
        return Manifest(self.role, self.files, self.interfaces, generation)


def plain(value: PropertyValue) -> object:
    """A property as plain data, without its secrecy; what is not known yet is ``UNKNOWN``."""
    if isinstance(value.value, Mapping):
        return {key: plain(item) for key, item in value.value.items()}
    return value.value


def read_inputs(properties: Mapping[str, PropertyValue]) -> Inputs:
    """The inputs, which ``findings`` has found good."""
    values = cast("dict[str, Any]", {name: plain(properties[name]) for name in _ALL})
    return Inputs(**values)


def text_map(value: object) -> dict[str, str] | None:
    """A map of texts as one; None for anything else."""
    if not isinstance(value, Mapping):
        return None
    items = cast("Mapping[str, object]", value).items()
    found = {key: item for key, item in items if isinstance(item, str)}
    return found if len(found) == len(items) else None


def findings(properties: Mapping[str, PropertyValue]) -> Iterator[tuple[str, str]]:
    """Everything that is wrong: the property, and what to do about it. What is not known yet is passed over."""
    values = {name: plain(value) for name, value in properties.items()}
    for name in values:
        if name not in _ALL:
            yield name, f"there is no such input; the inputs are {', '.join(_ALL)}"
    for name in _ALL:
        if values.get(name) is None:
            yield name, "is missing; every input is needed"
        elif values[name] != UNKNOWN:
            yield from _form(name, values[name])
    files = text_map(values.get("files"))
    if files is not None:
        yield from _files(values, files)


def _form(name: str, value: object) -> Iterator[tuple[str, str]]:
    if name in _MAPS:
        if text_map(value) is None:
            yield name, "must be a map of texts"
    elif name == "deadline":
        if not isinstance(value, float):
            yield name, "must be a number of seconds"
    elif not isinstance(value, str):
        yield name, "must be a text"
    elif name == "delivery" and value not in DELIVERIES:
        yield name, f"is {value!r}; allowed are {' and '.join(DELIVERIES)}"


def _files(values: Mapping[str, object], files: dict[str, str]) -> Iterator[tuple[str, str]]:
    for path in paths.refused(files):
        yield f'files["{path}"]', "is not a file that may be delivered: the guest's agent knows a fixed list of paths"
    if values.get("delivery") == CHANNEL and UNKNOWN not in files.values():
        try:
            Manifest(str(values.get("role")), files, text_map(values.get("interfaces")) or {}, 0).to_items()
        except TooLargeError as error:
            yield "files", f"are too large for the channel: {error}. Shorten them, or use `delivery: user-data`"
