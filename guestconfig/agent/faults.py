"""The faults that a drill may order of this guest: a fixed list, each bounded in time, each mending itself.

Only a director obeys, only the words below, each order once. Nothing of an order reaches a command line: a daemon's
unit is looked up here, an interface is found by the MAC that the manifest gives for the order's network. Who may set a
server's metadata may stop that server anyway.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from guestconfig import frames, orders
from guestconfig.agent import commands, console, interfaces, storage
from guestconfig.agent.guest import Guest
from guestconfig.orders import Order

OBEYS = "director"
# The number of the order that was obeyed last, also across a reboot.
LAST = "/var/lib/vipstack/drilled"

_UNITS = {orders.KEEPALIVED_KILLED: "keepalived.service", orders.HAPROXY_KILLED: "haproxy.service"}

# Not the agent but systemd mends a link, whatever becomes of the agent.
_LINK_DOWN = 'ip link set dev "$1" down; sleep "$2"; ip link set dev "$1" up'

# Lines of a console get damaged: each is said again after these pauses, in seconds.
_REPEATS = (0.0, 3.0, 10.0)


@dataclass(frozen=True)
class Broken:
    """What an order broke, and when: a unit and the process that it was, or a link."""

    order: Order
    at: float
    unit: str = ""
    process: str = ""
    link: str = ""


class Faults:
    """Obeys, and says on the console what has begun and what is over."""

    def __init__(self, guest: Guest, role: str) -> None:
        self._guest = guest
        self._obeys = role == OBEYS
        self._last = int(guest.read(LAST) or b"0")
        self._broken: Broken | None = None
        self._lines: list[tuple[float, str]] = []

    @property
    def busy(self) -> bool:
        """Whether something is broken, or still to be said again."""
        return self._broken is not None or bool(self._lines)

    def turn(self, text: str | None, macs: Mapping[str, str]) -> None:
        """Look once.

        Args:
            text: the metadata item; None where there is none.
            macs: the MAC of this guest's interface on each network.
        """
        order = orders.parse(text) if text and self._obeys else None
        if order and order.number > self._last and order.fault in {*_UNITS, orders.LINK_DOWN}:
            self._last = order.number
            # Before it is obeyed: a guest that dies of an order must not meet it again.
            storage.replace(self._guest.at(LAST), str(order.number).encode(), 0o600)
            self._obey(order, macs)
        if self._broken and self._is_whole(self._broken):
            self._say(self._broken.order, orders.OVER)
            self._broken = None
        self._print()

    def _obey(self, order: Order, macs: Mapping[str, str]) -> None:
        if order.fault == orders.LINK_DOWN:
            name = interfaces.names_by_mac(self._guest).get(macs.get(order.network, "").lower())
            if name is None:
                self._say(order, orders.REFUSED, f"there is no interface on network {order.network}")
                return
            broken = Broken(order, time.monotonic(), link=name)
            action = ["systemd-run", "--collect", "sh", "-c", _LINK_DOWN, "sh", name, str(orders.LINK_SECONDS)]
        else:
            unit = _UNITS[order.fault]
            broken = Broken(order, time.monotonic(), unit=unit, process=_main_process(unit))
            action = ["systemctl", "kill", "--kill-whom=all", "--signal=KILL", unit]
        code, lines = commands.run(action)
        if code:
            self._say(order, orders.REFUSED, " ".join(lines)[:200] or f"`{action[0]}` ended with {code}")
            return
        self._broken = broken
        self._say(order, orders.BEGUN)

    def _is_whole(self, broken: Broken) -> bool:
        if broken.link:
            state = self._guest.read(f"/sys/class/net/{broken.link}/operstate") or b""
            return time.monotonic() > broken.at + orders.LINK_SECONDS and state.strip() == b"up"
        running = commands.run(["systemctl", "is-active", "--quiet", broken.unit])[0] == 0
        return running and _main_process(broken.unit) != broken.process

    def _say(self, order: Order, state: str, reason: str = "") -> None:
        now = time.monotonic()
        document = {"order": order.to_text(), "state": state, "epoch": round(time.time(), 3), "reason": reason}
        line = frames.frame(orders.PREFIX, document)
        print(f"drill: {order.to_text()} is {state}{f', {reason}' if reason else ''}", flush=True)  # noqa: T201
        # In place of what was said before: the last word counts.
        self._lines = [(now + pause, line) for pause in _REPEATS]

    def _print(self) -> None:
        now = time.monotonic()
        for _, line in [one for one in self._lines if one[0] <= now]:
            console.say(self._guest, line)
        self._lines = [one for one in self._lines if one[0] > now]


def _main_process(unit: str) -> str:
    code, lines = commands.run(["systemctl", "show", "--property=MainPID", "--value", unit])
    return lines[0].strip() if lines and not code else ""
