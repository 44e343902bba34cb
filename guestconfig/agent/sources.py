"""Where the manifest comes from: server metadata through Nova's metadata service, or a file that user data wrote.

A drill's order comes from the metadata either way.
"""

from __future__ import annotations

import http.client
import json
import time
from typing import Any, cast

from guestconfig import orders, wire
from guestconfig.agent.guest import Guest

_METADATA_PATH = "/openstack/latest/meta_data.json"
_TIME_LIMIT = 10
# A cloud may have no metadata service: then only orders are missed, and nothing may wait for it. One that has answered
# is there, and slow at times.
_ORDER_TIME_LIMIT = 2
_ORDER_PAUSE = 60.0


class UnreachableError(Exception):
    """The metadata service does not answer."""


class MetadataSource:
    """The items that the provider set on this server. ``order`` is the one that a drill set, if any."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._seen = b""
        self.order: str | None = None

    def fetch(self) -> wire.Manifest | None:
        """The manifest; None where it is the one fetched last.

        Raises:
            UnreachableError: no answer, or none that makes sense.
            wire.WireError: there is none yet, or not a whole one.
        """
        body = _ask(self._guest, _TIME_LIMIT)
        if body == self._seen:
            return None
        meta = _items(body)
        self.order = meta.get(orders.ITEM)
        manifest = wire.assemble(meta)
        self._seen = body
        return manifest


class LocalSource:
    """The manifest in ``wire.MANIFEST_PATH``; it changes only with the server.

    ``order`` is a drill's, for those who listen to one.
    """

    def __init__(self, guest: Guest, *, listens: bool) -> None:
        self._guest = guest
        self._listens = listens
        self._seen: bytes | None = None
        self._next = 0.0
        self._answered = False
        self.order: str | None = None

    def fetch(self) -> wire.Manifest | None:
        """The manifest; None where it is the one fetched last.

        Raises:
            wire.WireError: there is none, or it cannot be read.
        """
        self._listen()
        text = self._guest.read(wire.MANIFEST_PATH)
        if text is None:
            raise wire.AbsentError(f"{wire.MANIFEST_PATH} is not there")
        if text == self._seen:
            return None
        self._seen = text
        return wire.Manifest.from_json(text)

    def _listen(self) -> None:
        if not self._listens or time.monotonic() < self._next:
            return
        time_limit = _TIME_LIMIT if self._answered else _ORDER_TIME_LIMIT
        try:
            self.order = _items(_ask(self._guest, time_limit)).get(orders.ITEM)
            self._answered = True
        except UnreachableError:
            if not self._answered:
                self._next = time.monotonic() + _ORDER_PAUSE


def _items(body: bytes) -> dict[str, Any]:
    try:
        return cast("dict[str, Any]", dict(json.loads(body).get("meta", {})))
    except (ValueError, TypeError, AttributeError) as error:
        raise UnreachableError("its answer is no JSON object") from error


def _ask(guest: Guest, seconds: float) -> bytes:
    connection = http.client.HTTPConnection(guest.metadata, timeout=seconds)
    try:
        connection.request("GET", _METADATA_PATH)
        answer = connection.getresponse()
        body = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(str(error) or type(error).__name__) from error
    finally:
        connection.close()
    if answer.status != http.client.OK:
        raise UnreachableError(f"it answers with status {answer.status}")
    return body
