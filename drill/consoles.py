"""What directors and observer say on their consoles. Parsers only: the text comes from ``drill.cloud``.

A director's announcement (cloud-init/director/usr/local/lib/vipstack/addresses.py) is a frame with prefix
``VIPSTACK-ADDRESSES`` that holds ``host``, ``boot`` (the kernel's boot id), ``epoch`` (the director's wall clock) and
``addresses``. Of an order of the drill's it speaks in the frames of ``guestconfig.orders``. The observer's frames are
described in ``drill.records``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from guestconfig import frames, orders
from guestconfig.orders import Order

ADDRESSES = "VIPSTACK-ADDRESSES"
PROBE = "VIPSTACK-PROBE"


@dataclass(frozen=True)
class Announcement:
    """Which addresses a director held from ``epoch`` on."""

    boot: str
    epoch: float
    addresses: frozenset[str]


def last_announcement(console: str) -> Announcement | None:
    """The newest one that arrived whole."""
    found = frames.find(ADDRESSES, console)
    if not found:
        return None
    return Announcement(
        boot=str(found[-1]["boot"]),
        epoch=float(found[-1]["epoch"]),
        addresses=frozenset(found[-1]["addresses"]),
    )


def holders(consoles: Mapping[str, str], address: str) -> tuple[str, ...]:
    """Who says to hold an address, by the keys of ``consoles``; the one that got it last comes first."""
    last = {key: last_announcement(text) for key, text in consoles.items()}
    holding = [(said.epoch, key) for key, said in last.items() if said and address in said.addresses]
    return tuple(key for _, key in sorted(holding, reverse=True))


def probe_frames(console: str) -> list[dict[str, Any]]:
    """Everything that the observer's probe said and that arrived whole."""
    return frames.find(PROBE, console)


def last_word(console: str, order: Order) -> tuple[str, str]:
    """What a director said last of an order (``guestconfig.orders``), and why; two empty texts where nothing."""
    said = [frame for frame in frames.find(orders.PREFIX, console) if frame["order"] == order.to_text()]
    return (str(said[-1]["state"]), str(said[-1]["reason"])) if said else ("", "")
