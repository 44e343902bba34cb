"""How a fault is carried out, and how it ends: by Nova, by Neutron, or by the guest itself.

Each way begins, says what is still missing until the director is broken, ends, and says what is still missing until it
is whole. Ends are asked for again and again, also of a director that is whole. What a fault is worth is ``faults``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from drill.cloud import Cloud
from drill.consoles import last_word
from drill.errors import DrillError
from drill.outputs import Guest
from guestconfig import orders
from guestconfig.orders import Order


@dataclass(frozen=True)
class Victim:
    """The director to break, and the order for it."""

    director: Guest
    order: Order


class Way(Protocol):
    """One way."""

    def begin(self, cloud: Cloud, victim: Victim) -> None:
        """Break the director; it bears the order as its mark already."""

    def until_broken(self, cloud: Cloud, victim: Victim) -> str | None:
        """What is seen instead of a broken director."""

    def end(self, cloud: Cloud, victim: Victim) -> None:
        """Mend it, where that is to be done."""

    def until_whole(self, cloud: Cloud, victim: Victim) -> str | None:
        """What is seen instead of a whole one."""


@dataclass(frozen=True)
class ByServer:
    """Nova does it to the whole server; ``broken`` is Nova's status of it then."""

    broken: str
    breaks: Callable[[Cloud, str], None]
    mends: Callable[[Cloud, str], None]

    def begin(self, cloud: Cloud, victim: Victim) -> None:
        """Tell Nova."""
        self.breaks(cloud, victim.director.server_id)

    def until_broken(self, cloud: Cloud, victim: Victim) -> str | None:
        """Until Nova calls it so and has nothing more to do to it."""
        return _unless(cloud, victim, self.broken)

    def end(self, cloud: Cloud, victim: Victim) -> None:
        """Tell Nova, unless it runs or is on its way."""
        if cloud.state(victim.director.server_id) == (self.broken, None):
            self.mends(cloud, victim.director.server_id)

    def until_whole(self, cloud: Cloud, victim: Victim) -> str | None:
        """Until Nova calls it ACTIVE."""
        return _unless(cloud, victim, "ACTIVE")


class ByPort:
    """Neutron cuts the director's port on the order's network: its guest sees a link that is up, and hears nothing."""

    def begin(self, cloud: Cloud, victim: Victim) -> None:
        """Cut."""
        cloud.set_port(victim.director.server_id, _mac(victim), up=False)

    def until_broken(self, cloud: Cloud, victim: Victim) -> str | None:
        """Until Neutron has taken note; how fast its agents follow is part of what is measured."""
        return "its port is up" if cloud.port_up(victim.director.server_id, _mac(victim)) else None

    def end(self, cloud: Cloud, victim: Victim) -> None:
        """Join."""
        cloud.set_port(victim.director.server_id, _mac(victim), up=True)

    def until_whole(self, cloud: Cloud, victim: Victim) -> str | None:
        """Until Neutron has taken note."""
        return None if cloud.port_up(victim.director.server_id, _mac(victim)) else "its port is down"


class ByGuest:
    """The guest's agent does it to itself when it reads the mark, and what it breaks mends itself."""

    def begin(self, cloud: Cloud, victim: Victim) -> None:
        """Nothing: the mark is the order."""

    def until_broken(self, cloud: Cloud, victim: Victim) -> str | None:
        """Until the agent says that it has begun.

        Raises:
            DrillError: it refuses.
        """
        state, reason = self._said(cloud, victim)
        if state == orders.REFUSED:
            raise DrillError(
                victim.director.name,
                f"its agent refuses {victim.order.fault}: {reason}",
                "a director that has what is to be broken",
                "leave this fault out with --faults, or see the agent's journal on the director",
            )
        return None if state else "its agent has not said that it obeys (it reads orders from the metadata service)"

    def end(self, cloud: Cloud, victim: Victim) -> None:
        """Nothing: what was broken is bounded in time."""

    def until_whole(self, cloud: Cloud, victim: Victim) -> str | None:
        """Until the agent says that it is over; an order that it never heard of is."""
        state, _ = self._said(cloud, victim)
        return "its agent has not said that it is over" if state == orders.BEGUN else None

    @staticmethod
    def _said(cloud: Cloud, victim: Victim) -> tuple[str, str]:
        return last_word(cloud.whole_console(victim.director.server_id), victim.order)


def _unless(cloud: Cloud, victim: Victim, wanted: str) -> str | None:
    status, task = cloud.state(victim.director.server_id)
    if (status, task) == (wanted, None):
        return None
    return f"its status is {status}{f' ({task})' if task else ''}"


def _mac(victim: Victim) -> str:
    mac = victim.director.macs.get(victim.order.network)
    if mac is None:
        raise DrillError(
            victim.director.name,
            f"it has no port on network {victim.order.network or '(none named)'}",
            "a network of the stack's outputs",
            "drill again with this checkout: an older drill left a mark without a network",
        )
    return mac
