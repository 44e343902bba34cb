"""Breaking a director and mending it again, whatever happens in between.

Once a fault has begun, only a successful mend ends ``broken_director``: an interrupt waits for it, an API that fails is
asked again. A drill killed outright leaves the director marked, and ``mend_leftovers`` of the next one mends it.
"""

import signal
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

from drill.cloud import Cloud
from drill.errors import DrillError
from drill.faults import FAULTS, MARK, Fault
from drill.outputs import Guest
from drill.waiting import NotYetError, wait_for
from drill.ways import Victim
from guestconfig import orders
from guestconfig.orders import Order

Say = Callable[[str], None]
"""Takes one line for the operator."""

_TAKES_EFFECT_WITHIN = 90.0  # seconds: an ACPI shutdown of a slow guest, until Nova pulls the plug
_MENDS_WITHIN = 180.0
_BETWEEN_ATTEMPTS = 3.0


@dataclass
class Times:
    """The fault's wall-clock times: ``broke`` and ``mended`` when each call was about to be made.

    ``begun`` is when the fault is known to have begun: a guest obeys when it reads its metadata.
    """

    broke: float = 0.0
    begun: float = 0.0
    mended: float = 0.0


@contextmanager
def broken_director(cloud: Cloud, director: Guest, fault: Fault, network: str, say: Say) -> Generator[Times]:
    """Within it the director is broken; after it, it is whole again (which is not yet: takes part again).

    ``network`` is the virtual IP's, for faults of one interface.
    """
    now = time.time()
    times = Times(broke=now, begun=now)
    victim = Victim(director, Order(fault.name, int(now), network))
    try:
        cloud.merge_items(director.server_id, {MARK: victim.order.to_text()})
        fault.way.begin(cloud, victim)
        say(f"{fault.name}: {director.name} is being broken")
        _wait(director, lambda: fault.way.until_broken(cloud, victim), f"a {fault.name}", _TAKES_EFFECT_WITHIN)
        if fault.ordered:
            times.begun = time.time()
        yield times
    finally:
        with _interrupts_held(say, f"mending {director.name} first"):
            times.mended = time.time()
            mend(cloud, victim, fault)


def mend(cloud: Cloud, victim: Victim, fault: Fault) -> None:
    """Make a broken director whole and take its mark off; where it is whole already, only the latter.

    Raises:
        DrillError: it does not come back.
    """
    director = victim.director
    deadline = time.monotonic() + _MENDS_WITHIN
    while True:
        try:
            fault.way.end(cloud, victim)
            _wait(director, lambda: fault.way.until_whole(cloud, victim), "a director that is whole", _BETWEEN_ATTEMPTS)
            if MARK in cloud.items(director.server_id):
                cloud.remove_item(director.server_id, MARK)
        except DrillError as error:
            if time.monotonic() >= deadline:
                raise DrillError(
                    director.name,
                    f"it could not be mended after a {fault.name} ({error.got})",
                    "a drill leaves every director running",
                    f"bring it back by hand (`openstack server show {director.server_id}` says how it is)",
                ) from None
            time.sleep(_BETWEEN_ATTEMPTS)
        else:
            return


def mend_leftovers(cloud: Cloud, directors: Sequence[Guest], say: Say) -> None:
    """Mend what an earlier drill broke; refuse to drill a stack that is broken in any other way.

    Raises:
        DrillError: a director does not run, and no drill is to blame.
    """
    for director in directors:
        order = orders.parse(cloud.items(director.server_id).get(MARK, ""))
        if order and order.fault in FAULTS:
            say(f"{director.name} was left with a {order.fault} by an earlier drill: mending it")
            mend(cloud, Victim(director, order), FAULTS[order.fault])
        status, _ = cloud.state(director.server_id)
        if status != "ACTIVE":
            raise DrillError(
                director.name,
                f"its status is {status}",
                "every director runs (ACTIVE), or breaking one would prove nothing but this",
                "bring it back, then drill again",
            )


def _wait(director: Guest, amiss: Callable[[], str | None], allowed: str, seconds: float) -> None:
    """Wait until nothing is amiss."""

    def look() -> None:
        if (seen := amiss()) is not None:
            raise NotYetError(seen)

    wait_for(
        director.name,
        look,
        seconds=seconds,
        allowed=allowed,
        remedy="see what the cloud says of the server (`openstack server show`), and its console log",
        interval=0.5,
    )


@contextmanager
def _interrupts_held(say: Say, meanwhile: str) -> Generator[None]:
    """Put off interrupts until the block has ended."""
    held: list[int] = []

    def hold(number: int, _: FrameType | None) -> None:
        held.append(number)
        say(meanwhile)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, hold) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if held:
        raise KeyboardInterrupt
