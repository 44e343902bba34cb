"""Faults: what each is worth, and by which way it is done.

Crash: Nova pauses the guest. It stops between two instructions, sends no priority 0, answers nothing; unpaused, it is a
stale master that still believes in itself. Clean stop: Nova's stop, which asks the guest to shut down; keepalived says
goodbye. keepalived killed, HAProxy killed: every process of the unit at once, by SIGKILL; systemd starts it again. NIC
down: Neutron cuts the port, and the guest's link stays up. Link down: the guest's own link. The control run breaks
nothing.

A broken director carries the metadata item ``vipstack.drill`` with the order, so that a drill that was itself killed
can be mended by the next one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from drill.cloud import Cloud
from drill.outputs import Bounds
from drill.ways import ByGuest, ByPort, ByServer, Way
from guestconfig import orders

MARK = orders.ITEM

# Nova's metadata cache (15 s), the agent's poll, and a slow guest.
_OBEYED_WITHIN = 28.0

# Of a director whose HAProxy died: keepalived hears of it from the kernel, says goodbye, and the other waits its skew.
_HAPROXY_SECONDS = 1.0


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Attributes:
        name: as on the command line and in the report.
        way: who does it, and who mends it.
        promise: for how many seconds a virtual IP may be away.
        at_least: for how many it must be away, or the fault was not what it claims to be.
        takes: how many seconds it may take to carry it out while the probe runs.
        watch: how many seconds the probe goes on after the mend began.
        moves: whether another director must be master while it lasts.
        reboots: whether the director boots on its way back.
    """

    name: str
    way: Way
    promise: Callable[[Bounds], float]
    at_least: Callable[[Bounds], float]
    takes: float
    watch: float
    moves: bool = True
    reboots: bool = False

    @property
    def ordered(self) -> bool:
        """Whether the guest does it itself, as soon as it reads the order."""
        return isinstance(self.way, ByGuest)


def _nothing(_: Bounds) -> float:
    return 0.0


CRASH = Fault(
    name="crash",
    way=ByServer("PAUSED", Cloud.pause, Cloud.unpause),
    promise=lambda bounds: bounds.crash,
    # After the last advert a backup waits three intervals and its skew; the crash comes at most one after that advert.
    # A goodbye costs the skew alone. One interval tells the two apart with room for a late advert.
    at_least=lambda bounds: bounds.advert_interval,
    takes=8.0,
    # A stale master that does harm does it within its first seconds.
    watch=10.0,
)

CLEAN_STOP = Fault(
    name="clean-stop",
    way=ByServer("SHUTOFF", Cloud.stop, Cloud.start),
    promise=lambda bounds: bounds.clean_stop,
    at_least=_nothing,
    # A guest's shutdown, which Nova lets take a minute.
    takes=25.0,
    # Long enough to see a guest boot and keepalived take part again, where guests are not emulated.
    watch=45.0,
    reboots=True,
)

KEEPALIVED_KILLED = Fault(
    name=orders.KEEPALIVED_KILLED,
    way=ByGuest(),
    # The virtual IP stays in the kernel and serves on, until keepalived, started again, takes it away as every BACKUP
    # does. The other director heard nothing meanwhile and takes over as after a crash, at best before that.
    promise=lambda bounds: bounds.crash,
    at_least=_nothing,
    takes=_OBEYED_WITHIN,
    watch=10.0,
    moves=False,
)

HAPROXY_KILLED = Fault(
    name=orders.HAPROXY_KILLED,
    way=ByGuest(),
    promise=lambda bounds: max(_HAPROXY_SECONDS, bounds.clean_stop),
    at_least=_nothing,
    takes=_OBEYED_WITHIN,
    watch=10.0,
    # systemd may have started it again before anybody takes over.
    moves=False,
)

NIC_DOWN = Fault(
    name="nic-down",
    way=ByPort(),
    promise=lambda bounds: bounds.crash,
    at_least=lambda bounds: bounds.advert_interval,
    takes=8.0,
    # Neutron's agent wires a port anew in some seconds, and behind it is a stale master.
    watch=20.0,
)

LINK_DOWN = Fault(
    name=orders.LINK_DOWN,
    way=ByGuest(),
    # Where adverts travel on another network, the goodbye arrives.
    promise=lambda bounds: bounds.link_down,
    at_least=_nothing,
    takes=_OBEYED_WITHIN,
    watch=orders.LINK_SECONDS + 10.0,
)

CONTROL = "control"

FAULTS = {fault.name: fault for fault in (CRASH, CLEAN_STOP, KEEPALIVED_KILLED, HAPROXY_KILLED, NIC_DOWN, LINK_DOWN)}
