"""Faults: each a way to break a director and the way to mend it again.

Crash: Nova pauses the guest. It stops between two instructions, sends no priority 0, answers nothing; unpaused, it is a
stale master that still believes in itself. Nova's stop is no crash: it asks the guest to shut down, and keepalived says
goodbye; that is the other fault, the clean stop. The control run breaks nothing.

A broken director carries the metadata item ``vipstack.drill`` with the fault's name, so that a drill that was itself
killed can be mended by the next one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from drill.cloud import Cloud
from drill.outputs import Bounds

MARK = "vipstack.drill"


@dataclass(frozen=True)
class Fault:
    """One kind of fault.

    Attributes:
        name: as on the command line and in the report.
        broken: Nova's status of a server with this fault.
        breaks: begin it.
        mends: end it.
        promise: for how many seconds a virtual IP may be away.
        at_least: for how many it must be away, or the fault was not what it claims to be.
        takes: how many seconds the cloud may take to carry it out while the probe runs.
        reboots: whether the director boots on its way back.
        watch: how many seconds the probe goes on after the mend began.
    """

    name: str
    broken: str
    breaks: Callable[[Cloud, str], None]
    mends: Callable[[Cloud, str], None]
    promise: Callable[[Bounds], float]
    at_least: Callable[[Bounds], float]
    takes: float
    reboots: bool
    watch: float


CRASH = Fault(
    name="crash",
    broken="PAUSED",
    breaks=Cloud.pause,
    mends=Cloud.unpause,
    promise=lambda bounds: bounds.crash,
    # After the last advert a backup waits three intervals and its skew; the crash comes at most one after that advert.
    # A goodbye costs the skew alone. One interval tells the two apart with room for a late advert.
    at_least=lambda bounds: bounds.advert_interval,
    takes=8.0,
    reboots=False,
    # A stale master that does harm does it within its first seconds.
    watch=10.0,
)

CLEAN_STOP = Fault(
    name="clean-stop",
    broken="SHUTOFF",
    breaks=Cloud.stop,
    mends=Cloud.start,
    promise=lambda bounds: bounds.clean_stop,
    at_least=lambda _: 0.0,
    # A guest's shutdown, which Nova lets take a minute.
    takes=25.0,
    reboots=True,
    # Long enough to see a guest boot and keepalived take part again, where guests are not emulated.
    watch=45.0,
)

CONTROL = "control"

FAULTS = {fault.name: fault for fault in (CRASH, CLEAN_STOP)}
