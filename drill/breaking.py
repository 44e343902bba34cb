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

Say = Callable[[str], None]
"""Takes one line for the operator."""

_TAKES_EFFECT_WITHIN = 90.0  # seconds: an ACPI shutdown of a slow guest, until Nova pulls the plug
_MENDS_WITHIN = 180.0
_BETWEEN_ATTEMPTS = 3.0


@dataclass
class Times:
    """The fault's wall-clock times: ``broke`` and ``mended`` when each call was about to be made."""

    broke: float = 0.0
    mended: float = 0.0


@contextmanager
def broken_director(cloud: Cloud, director: Guest, fault: Fault, say: Say) -> Generator[Times]:
    """Within it the director is broken; after it, it runs again (which is not yet: takes part again)."""
    times = Times()
    try:
        cloud.merge_items(director.server_id, {MARK: fault.name})
        times.broke = time.time()
        fault.breaks(cloud, director.server_id)
        say(f"{fault.name}: {director.name} is being broken")
        wait_for_status(cloud, director, fault.broken, _TAKES_EFFECT_WITHIN)
        yield times
    finally:
        with _interrupts_held(say, f"mending {director.name} first"):
            times.mended = time.time()
            mend(cloud, director, fault)


def mend(cloud: Cloud, director: Guest, fault: Fault) -> None:
    """Bring a broken director back to ACTIVE and take its mark off; where it runs already, only the latter.

    Raises:
        DrillError: it does not come back.
    """
    deadline = time.monotonic() + _MENDS_WITHIN
    while True:
        try:
            if cloud.state(director.server_id) == (fault.broken, None):
                fault.mends(cloud, director.server_id)
            wait_for_status(cloud, director, "ACTIVE", _BETWEEN_ATTEMPTS)
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
        fault = FAULTS.get(cloud.items(director.server_id).get(MARK, ""))
        if fault:
            say(f"{director.name} was left with a {fault.name} by an earlier drill: mending it")
            mend(cloud, director, fault)
        status, _ = cloud.state(director.server_id)
        if status != "ACTIVE":
            raise DrillError(
                director.name,
                f"its status is {status}",
                "every director runs (ACTIVE), or breaking one would prove nothing but this",
                "bring it back, then drill again",
            )


def wait_for_status(cloud: Cloud, director: Guest, wanted: str, seconds: float) -> None:
    """Wait until Nova calls the server so and has nothing more to do to it."""

    def look() -> None:
        status, task = cloud.state(director.server_id)
        if status != wanted or task is not None:
            raise NotYetError(f"its status is {status}{f' ({task})' if task else ''}")

    wait_for(
        director.name,
        look,
        seconds=seconds,
        allowed=f"the status {wanted}",
        remedy="see what the cloud says of the server (`openstack server show`)",
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
