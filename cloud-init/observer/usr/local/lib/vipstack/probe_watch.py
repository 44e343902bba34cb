"""Starts the probe when the server's metadata orders it, and prints its record on the console.

Runs on the observer for as long as that is up, as vipstack-probe.service; Python >= 3.9, the standard library and
what the agent brings (``guestconfig``). The order and the frames are described in ``drill/records.py``. No inbound
connection is needed: the order comes by the metadata service, the record goes by the serial console. An order can name
addresses and times, and nothing else.
"""

from __future__ import annotations

import json
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import probe

from guestconfig import frames
from guestconfig.agent import console
from guestconfig.agent.guest import Guest

if TYPE_CHECKING:
    from collections.abc import Iterator

METADATA = "http://169.254.169.254/openstack/latest/meta_data.json"
ITEM = "vipstack.probe"
PREFIX = "VIPSTACK-PROBE"

POLL = 2.0  # seconds; Nova itself answers from a cache of up to 15 s
POLL_IN_TROUBLE = 10.0
TROUBLE_AFTER = 6  # failed polls before the console hears of it
AGAIN_AFTER = 20.0  # longer than Nova's cache: by then a withdrawn order is seen to be withdrawn
AGAIN_TIMES = 3
TICKS_PER_PART = 500  # a line of about 2 kB; what the kernel's own messages damage is one part


class MetadataError(Exception):
    """The metadata service did not answer with metadata; the text says how."""


def read_order() -> str | None:
    """The order in the server's metadata, as text; None where there is none.

    Raises:
        MetadataError: the service cannot be read.
    """
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(METADATA, timeout=10) as answer:
            items = json.load(answer).get("meta", {})
    except (OSError, ValueError, AttributeError) as error:
        raise MetadataError(f"{METADATA}: {error}") from error
    return items.get(ITEM)


def parts(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The record as the objects of its frames: the header, then slices of its ticks."""
    offsets, outcomes = record.pop("offsets"), record.pop("outcomes")
    starts = range(0, len(offsets), TICKS_PER_PART)
    yield {"kind": "header", **record, "ticks": len(offsets), "parts": len(starts)}
    for number, start in enumerate(starts):
        cut = slice(start, start + TICKS_PER_PART)
        yield {
            "kind": "part",
            "id": record["id"],
            "part": number,
            "offsets": offsets[cut],
            "outcomes": [target[cut] for target in outcomes],
        }


def say(*documents: dict[str, Any]) -> None:
    """Print objects on the console, each in a frame of its own."""
    for document in documents:
        console.say(Guest(), frames.frame(PREFIX, document))


def carry_out(text: str) -> list[dict[str, Any]]:
    """Run the probe as ordered; what to print again until the order is withdrawn."""
    try:
        order = json.loads(text)
        order = {key: order[key] for key in ("id", "seconds", "interval", "targets")}
        probe.check(order)
    except (ValueError, KeyError, TypeError) as error:
        return [{"kind": "refused", "id": "", "order": text, "reason": str(error)}]
    say({"kind": "started", "id": order["id"], "epoch": round(time.time(), 4)})
    return list(parts(probe.measure(order)))


class Watch:
    """What has been carried out, and how often it was printed."""

    def __init__(self) -> None:
        self.order: str | None = None
        self.answer: list[dict[str, Any]] = []
        self.printed = 0
        self.again_at = 0.0
        self.failed = 0

    def look(self) -> float:
        """Look once and do what is to do; how long to wait before the next look, in seconds."""
        try:
            order = read_order()
        except MetadataError as error:
            self.failed += 1
            if self.failed == TROUBLE_AFTER:
                say({"kind": "trouble", "id": "", "reason": str(error)})
            return POLL if self.failed < TROUBLE_AFTER else POLL_IN_TROUBLE
        self.failed = 0
        if order != self.order:
            self.order, self.answer, self.printed = order, carry_out(order) if order else [], 0
            self.again_at = time.monotonic()
        if self.answer and self.printed <= AGAIN_TIMES and time.monotonic() >= self.again_at:
            say(*self.answer)
            self.printed += 1
            self.again_at = time.monotonic() + AGAIN_AFTER
        return POLL


def main() -> None:
    """Watch until the guest goes down."""
    watch = Watch()
    while True:
        time.sleep(watch.look())


if __name__ == "__main__":
    main()
