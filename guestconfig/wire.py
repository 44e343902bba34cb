"""The manifest, and its way through server metadata: digest, compression, chunks, and back.

Shared by both ends, so: standard library only, Python 3.9, no input or output. Deliberately does not decide which paths
are acceptable (``paths``) or what a guest answers (``report``).

The form in metadata: ``vipstack.m`` is a JSON head, ``vipstack.000`` and on are the pieces of base64(zlib(JSON)). A
reader that meets pieces of two manifests sees the wrong size or digest, and asks again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

# Where a guest finds all this. Its user data installs each of GUEST_MODULES (a path below the checkout) as
# GUEST_LIBRARY/<same path>; the unit runs `python3 -m guestconfig.agent` there.
GUEST_LIBRARY = "/usr/local/lib/vipstack"
GUEST_MODULES = (
    "guestconfig/__init__.py",
    "guestconfig/wire.py",
    "guestconfig/frames.py",
    "guestconfig/orders.py",
    "guestconfig/report.py",
    "guestconfig/paths.py",
    "guestconfig/agent/__init__.py",
    "guestconfig/agent/__main__.py",
    "guestconfig/agent/activation.py",
    "guestconfig/agent/changes.py",
    "guestconfig/agent/checking.py",
    "guestconfig/agent/commands.py",
    "guestconfig/agent/configuring.py",
    "guestconfig/agent/console.py",
    "guestconfig/agent/expectations.py",
    "guestconfig/agent/faults.py",
    "guestconfig/agent/guest.py",
    "guestconfig/agent/interfaces.py",
    "guestconfig/agent/ipvs.py",
    "guestconfig/agent/listeners.py",
    "guestconfig/agent/loop.py",
    "guestconfig/agent/packages.py",
    "guestconfig/agent/reporting.py",
    "guestconfig/agent/routing.py",
    "guestconfig/agent/sources.py",
    "guestconfig/agent/storage.py",
    "guestconfig/agent/vrrp.py",
)

# Written by user data: {"source": "metadata" or "local", "role": "director" or "real-server" or "observer"}.
AGENT_CONFIG_PATH = "/etc/vipstack/agent.json"
# With source "local" also: Manifest.to_json(), generation LOCAL_GENERATION.
MANIFEST_PATH = "/etc/vipstack/manifest.json"
LOCAL_GENERATION = 1

VERSION = 1
KEY_PREFIX = "vipstack."
KEY_HEAD = KEY_PREFIX + "m"
# Nova's limits for server metadata: characters in a value, and items (the default of the quota `metadata_items`).
VALUE_LENGTH = 255
MAX_ITEMS = 128
# Left free for the operator's own items and the drill's.
RESERVED_ITEMS = 4

_LARGEST_NAMED = 3


class WireError(Exception):
    """A manifest that does not fit the channel, or is not one."""


class AbsentError(WireError):
    """There is no head: nothing was delivered yet."""


class IncompleteError(WireError):
    """Pieces are missing or belong to another manifest: an update is on its way, ask again."""


class CorruptError(WireError):
    """All pieces are there, and yet this is no manifest of a known form."""


class TooLargeError(WireError):
    """The manifest needs more metadata items than there are."""


@dataclass(frozen=True)
class Manifest:
    """What one guest is to be: its files by path, and the MAC of its interface on each network."""

    role: str
    files: Mapping[str, str]
    interfaces: Mapping[str, str]
    generation: int = LOCAL_GENERATION

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of role, files and interfaces: equal configurations have equal digests."""
        return hashlib.sha256(self._body()).hexdigest()

    def _body(self) -> bytes:
        body = {"role": self.role, "files": dict(self.files), "interfaces": dict(self.interfaces)}
        return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    def to_json(self) -> str:
        """The whole manifest as text, for a file."""
        return json.dumps(
            {
                "version": VERSION,
                "role": self.role,
                "generation": self.generation,
                "files": dict(self.files),
                "interfaces": dict(self.interfaces),
            },
            sort_keys=True,
        )

    @staticmethod
    def from_json(text: str | bytes) -> Manifest:
        """The manifest in a file's text.

        Raises:
            CorruptError: it is not one, or of a version that this code does not know.
        """
        data = _object(text)
        if data.get("version") != VERSION:
            raise CorruptError(f"manifest version {data.get('version')!r}; this agent knows version {VERSION}")
        return _manifest(data, data.get("generation"))

    def to_items(self, reserved: int = RESERVED_ITEMS) -> dict[str, str]:
        """The server metadata that carries this manifest.

        Args:
            reserved: how many items of the server belong to somebody else.

        Raises:
            TooLargeError: there are not so many items.
        """
        payload = base64.b64encode(zlib.compress(self._body(), 9)).decode()
        chunks = [payload[start : start + VALUE_LENGTH] for start in range(0, len(payload), VALUE_LENGTH)]
        if 1 + len(chunks) > MAX_ITEMS - reserved:
            raise TooLargeError(self._what_takes_the_room(1 + len(chunks), MAX_ITEMS - reserved))
        head = {"v": VERSION, "g": self.generation, "d": self.digest, "n": len(chunks), "s": len(payload)}
        items = {f"{KEY_PREFIX}{number:03d}": chunk for number, chunk in enumerate(chunks)}
        return {KEY_HEAD: json.dumps(head, separators=(",", ":")), **items}

    def _what_takes_the_room(self, needed: int, allowed: int) -> str:
        sizes = sorted(
            ((len(zlib.compress(text.encode(), 9)), path) for path, text in self.files.items()), reverse=True
        )
        largest = ", ".join(f"{path} ({size} bytes)" for size, path in sizes[:_LARGEST_NAMED])
        return (
            f"the configuration takes {needed} metadata items, {allowed} are free on a server "
            f"({MAX_ITEMS} of {VALUE_LENGTH} characters, less what others use); "
            f"the largest files, compressed: {largest}"
        )


@dataclass(frozen=True)
class Head:
    """What ``vipstack.m`` says: which manifest is on the server."""

    generation: int
    digest: str
    chunks: int
    size: int


def read_head(items: Mapping[str, str]) -> Head:
    """The head among a server's metadata.

    Raises:
        AbsentError: there is none.
        CorruptError: it is not of a known form.
    """
    if KEY_HEAD not in items:
        raise AbsentError("the server's metadata holds no configuration")
    data = _object(items[KEY_HEAD])
    if data.get("v") != VERSION:
        raise CorruptError(f"configuration of version {data.get('v')!r}; this agent knows version {VERSION}")
    generation, digest, chunks, size = (data.get(key) for key in ("g", "d", "n", "s"))
    if not (isinstance(generation, int) and isinstance(digest, str)):
        raise CorruptError(f"{KEY_HEAD} lacks generation or digest")
    if not (isinstance(chunks, int) and isinstance(size, int)):
        raise CorruptError(f"{KEY_HEAD} lacks its counts")
    return Head(generation, digest, chunks, size)


def assemble(items: Mapping[str, str]) -> Manifest:
    """The manifest in a server's metadata; items of others are passed over.

    Raises:
        AbsentError: nothing was delivered yet.
        IncompleteError: pieces are missing or of another manifest.
        CorruptError: the pieces fit, but make no manifest.
    """
    head = read_head(items)
    chunks = [items.get(f"{KEY_PREFIX}{number:03d}") for number in range(head.chunks)]
    payload = "".join(chunk or "" for chunk in chunks)
    if None in chunks or len(payload) != head.size:
        raise IncompleteError(
            f"{chunks.count(None)} of {head.chunks} pieces of generation {head.generation} are missing"
        )
    try:
        body = zlib.decompress(base64.b64decode(payload, validate=True))
    except (ValueError, zlib.error) as error:
        raise IncompleteError(f"the pieces of generation {head.generation} do not fit together") from error
    if hashlib.sha256(body).hexdigest() != head.digest:
        raise IncompleteError(f"the pieces of generation {head.generation} are of different manifests")
    return _manifest(_object(body), head.generation)


def is_ours(key: str) -> bool:
    """Whether this metadata key belongs to a manifest (the drill's keys share the prefix)."""
    rest = key[len(KEY_PREFIX) :] if key.startswith(KEY_PREFIX) else ""
    return key == KEY_HEAD or rest.isdigit()


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError as error:
        raise CorruptError("not JSON") from error
    if not isinstance(data, dict):
        raise CorruptError("not a JSON object")
    return cast("dict[str, Any]", data)


def _manifest(data: dict[str, Any], generation: object) -> Manifest:
    role, files, interfaces = data.get("role"), data.get("files"), data.get("interfaces")
    if not (isinstance(role, str) and isinstance(generation, int) and _is_text_map(files) and _is_text_map(interfaces)):
        raise CorruptError("a manifest has a role, a generation, files and interfaces")
    return Manifest(role, cast("dict[str, str]", files), cast("dict[str, str]", interfaces), generation)


def _is_text_map(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(key, str) and isinstance(text, str) for key, text in cast("dict[object, object]", value).items()
    )
