"""A JSON object as one line of a serial console, and how to find it again among all else that is printed there.

The line is ``<PREFIX> 1 <crc32> <base64(zlib(JSON))>``. A console is shared with the kernel and loses and interleaves
text, so a writer repeats what matters and a reader believes only what passes the checksum. Shared by both ends:
standard library only, Python 3.9. Deliberately does not know what the objects mean.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

# A kernel message that cut a line in two: from its time stamp to the end of its line.
_KERNEL_MESSAGE = re.compile(r"\[ *\d+\.\d{6}\][^\n]*\n")
# A guest writes what it likes on its console; nobody here writes objects near this size.
_MAX_JSON = 1 << 16


def frame(prefix: str, document: Mapping[str, Any]) -> str:
    """The line that carries the object, without its end."""
    data = zlib.compress(json.dumps(document, separators=(",", ":")).encode(), 9)
    return f"{prefix} 1 {zlib.crc32(data):08x} {base64.b64encode(data).decode()}"


def find(prefix: str, console: str) -> list[dict[str, Any]]:
    """Every object of this prefix that arrived whole, in the order of the console; repetitions stay."""
    pattern = re.compile(re.escape(prefix) + r" 1 ([0-9a-f]{8}) ([A-Za-z0-9+/=]+)")
    text = console.replace("\r", "")
    found = [_open(match) for match in pattern.finditer(text)]
    if None in found:
        found = [_open(match) for match in pattern.finditer(_KERNEL_MESSAGE.sub("", text))]
    return [document for document in found if document is not None]


def _open(match: re.Match[str]) -> dict[str, Any] | None:
    try:
        data = base64.b64decode(match[2], validate=True)
    except binascii.Error:
        return None
    if zlib.crc32(data) != int(match[1], 16):
        return None
    try:
        document = json.loads(zlib.decompressobj().decompress(data, _MAX_JSON))
    except (ValueError, zlib.error):
        return None
    return cast("dict[str, Any]", document) if isinstance(document, dict) else None
