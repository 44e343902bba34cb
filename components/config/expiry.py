"""``expires``: the moment from which a stack may be torn down, and how it is written.

One spelling, in stack files and in tags alike: UTC, to the minute, for Nova's and Neutron's tags hold no commas and no
slashes and end at 60 characters.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

FORM = "%Y-%m-%dT%H:%MZ"
_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z$"


def written(moment: datetime) -> str:
    """A moment in the one spelling; seconds are cut off."""
    return moment.astimezone(UTC).strftime(FORM)


def read(text: str) -> datetime:
    """The moment that a text names.

    Raises:
        ValueError: it is not in the one spelling, or no such moment exists.
    """
    moment = datetime.strptime(text, FORM).replace(tzinfo=UTC)
    if written(moment) != text:  # strptime also takes 2026-1-2T3:4Z
        raise ValueError("not written to the digit")
    return moment


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("not written as text")  # noqa: TRY004 - pydantic collects ValueErrors only
    return read(value)


Moment = Annotated[
    datetime,
    PlainValidator(_moment),
    PlainSerializer(written),
    WithJsonSchema({"type": "string", "pattern": _PATTERN}),
]
