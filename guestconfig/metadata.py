"""A manifest into a server's metadata, and out of it again, without touching what others keep there."""

from collections.abc import Mapping
from typing import Protocol

from guestconfig import wire
from guestconfig.inputs import Inputs


class MetadataApi(Protocol):
    """The part of ``cloud.Cloud`` that is used here."""

    def items(self, server: str) -> dict[str, str]:
        """The server's metadata."""
        ...

    def merge_items(self, server: str, items: Mapping[str, str]) -> None:
        """Set these items at once, leave the others."""
        ...

    def replace_items(self, server: str, items: Mapping[str, str]) -> None:
        """Let these be all the items."""
        ...

    def remove_item(self, server: str, key: str) -> None:
        """Delete one item."""
        ...


def deliver(api: MetadataApi, inputs: Inputs, now: float) -> wire.Manifest:
    """Set the manifest, with a generation above the one that is there.

    Generations are seconds since the epoch, so that a configuration that was deleted and made anew is newer, too.

    Raises:
        wire.TooLargeError: the server's other items leave too little room.
        CloudError: as the API's calls.
    """
    present = api.items(inputs.server_id)
    others = sum(not wire.is_ours(key) for key in present)
    manifest = inputs.manifest(max(int(now), _generation(present) + 1))
    items = manifest.to_items(reserved=max(others, wire.RESERVED_ITEMS))
    # In one call: a guest that asks meanwhile sees the old or the new. Old pieces beyond the new ones go afterwards.
    api.merge_items(inputs.server_id, items)
    for key in present:
        if wire.is_ours(key) and key not in items:
            api.remove_item(inputs.server_id, key)
    return manifest


def withdraw(api: MetadataApi, server: str) -> None:
    """Take the manifest away."""
    present = api.items(server)
    others = {key: value for key, value in present.items() if not wire.is_ours(key)}
    if others != present:
        api.replace_items(server, others)


def delivered_digest(api: MetadataApi, server: str) -> str:
    """The digest of the manifest that is on the server; empty for none."""
    try:
        return wire.assemble(api.items(server)).digest
    except wire.WireError:
        return ""


def _generation(items: Mapping[str, str]) -> int:
    try:
        return wire.read_head(items).generation
    except wire.WireError:
        return 0
