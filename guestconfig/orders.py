"""What a drill asks of a guest: one word of a fixed list, by the server's metadata item ``vipstack.drill``.

The item is ``<fault> <number> <network>``; ``number`` grows with each order, so that none is obeyed twice, and
``network`` is a key of the stack file. Faults that the cloud carries out bear the same item as a mark, and the guest
passes them over. What the guest does is the agent's (``agent.faults``); it says so in frames with prefix
``VIPSTACK-DRILL``: ``order`` (the item), ``state``, ``epoch`` (the guest's wall clock) and ``reason``.

Shared by both ends: standard library only, Python 3.9. Deliberately carries no command, no path and no duration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ITEM = "vipstack.drill"
PREFIX = "VIPSTACK-DRILL"

KEEPALIVED_KILLED = "keepalived-killed"
HAPROXY_KILLED = "haproxy-killed"
LINK_DOWN = "link-down"

# For how long a link stays down, in seconds: longer than any failover that a drill waits for.
LINK_SECONDS = 30

BEGUN = "begun"
OVER = "over"
REFUSED = "refused"

_FORM = re.compile(r"([a-z-]{1,32})(?: ([0-9]{1,12}) ([a-zA-Z0-9_.-]{1,63}))?")


@dataclass(frozen=True)
class Order:
    """One order, or the mark of a fault that the cloud carries out."""

    fault: str
    number: int
    network: str

    def to_text(self) -> str:
        """The item's value."""
        return f"{self.fault} {self.number} {self.network}"


def parse(text: str) -> Order | None:
    """The order in an item; None where it is none. The fault alone is an order without number."""
    found = _FORM.fullmatch(text)
    return Order(found[1], int(found[2] or 0), found[3] or "") if found else None
