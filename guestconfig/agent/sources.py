"""Where the manifest comes from: server metadata through Nova's metadata service, or a file that user data wrote."""

from __future__ import annotations

import http.client
import json
from typing import Any, cast

from guestconfig import wire
from guestconfig.agent.guest import Guest

_METADATA_PATH = "/openstack/latest/meta_data.json"
_TIME_LIMIT = 10


class UnreachableError(Exception):
    """The metadata service does not answer."""


class MetadataSource:
    """The items that the provider set on this server."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._seen = b""

    def fetch(self) -> wire.Manifest | None:
        """The manifest; None where it is the one fetched last.

        Raises:
            UnreachableError: no answer, or none that makes sense.
            wire.WireError: there is none yet, or not a whole one.
        """
        body = self._get()
        if body == self._seen:
            return None
        try:
            meta = cast("dict[str, Any]", json.loads(body)).get("meta", {})
        except (ValueError, AttributeError) as error:
            raise UnreachableError("its answer is no JSON object") from error
        manifest = wire.assemble(meta)
        self._seen = body
        return manifest

    def _get(self) -> bytes:
        connection = http.client.HTTPConnection(self._guest.metadata, timeout=_TIME_LIMIT)
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


class LocalSource:
    """The manifest in ``wire.MANIFEST_PATH``; it changes only with the server."""

    def __init__(self, guest: Guest) -> None:
        self._guest = guest
        self._seen: bytes | None = None

    def fetch(self) -> wire.Manifest | None:
        """The manifest; None where it is the one fetched last.

        Raises:
            wire.WireError: there is none, or it cannot be read.
        """
        text = self._guest.read(wire.MANIFEST_PATH)
        if text is None:
            raise wire.AbsentError(f"{wire.MANIFEST_PATH} is not there")
        if text == self._seen:
            return None
        self._seen = text
        return wire.Manifest.from_json(text)
