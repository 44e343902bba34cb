"""The probe inside the observer: ordered by server metadata, its record collected from the console.

Knows how the order travels and how long that takes; what the record means is ``drill.records``, what it proves
``drill.timeline``.
"""

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass

from drill import consoles
from drill.cloud import Cloud
from drill.errors import DrillError
from drill.outputs import Guest, Target
from drill.records import Missing, ProbeRecord, assemble
from drill.waiting import NotYetError, wait_for

ITEM = "vipstack.probe"
INTERVAL = 10  # milliseconds

# Nova's limit for a metadata value.
_VALUE_LENGTH = 255

# Seconds until an order is carried out: Nova's metadata cache (15), the observer's poll (2), and slow guests.
_STARTS_WITHIN = 60.0

# Seconds until a record is in, once the probe has ended: the observer prints it again after 20, 40 and 60.
_COMES_WITHIN = 100.0

# Seconds by which a clock that is right seems behind when its words are read: the console's and the API's own delay.
_DELAY = (-1.0, 3.0)
_USUAL_DELAY = 1.0


@dataclass(frozen=True)
class Run:
    """A probe run under way; ``started`` by this machine's clock, which the observer's is ``ahead`` of."""

    id: str
    seconds: float
    started: float
    ahead: float = 0.0


def order(run: str, seconds: float, targets: Sequence[Target]) -> str:
    """The order as text.

    Raises:
        DrillError: it does not fit into a metadata item.
    """
    document = {"id": run, "seconds": round(seconds), "interval": INTERVAL, "targets": [str(t) for t in targets]}
    text = json.dumps(document, separators=(",", ":"))
    if len(text) > _VALUE_LENGTH:
        raise DrillError(
            f"metadata item {ITEM}",
            f"the order for {len(targets)} targets has {len(text)} characters",
            f"Nova takes {_VALUE_LENGTH} characters in a value",
            "drill fewer virtual IPs at once: name them with --virtual-ip",
        )
    return text


def start(cloud: Cloud, observer: Guest, seconds: float, targets: Sequence[Target]) -> Run:
    """Order a run, and wait until its first packet has left.

    Raises:
        DrillError: the observer does not start it, or refuses it.
    """
    run = secrets.token_hex(4)
    cloud.merge_items(observer.server_id, {ITEM: order(run, seconds, targets)})

    def look() -> Run:
        found = consoles.probe_frames(cloud.whole_console(observer.server_id))
        seen = time.time()
        for frame in found:
            if frame["kind"] == "started" and frame["id"] == run:
                return Run(run, seconds, seen, ahead(seen - frame["epoch"]))
            if frame["kind"] == "refused" and run in frame["order"]:
                raise DrillError(
                    observer.name,
                    f"its probe refuses the order: {frame['reason']}",
                    "an order within the probe's bounds",
                    "bring the observer up to date with this checkout: `pulumi up --replace` its instance",
                )
        troubles = [frame["reason"] for frame in found if frame["kind"] == "trouble"]
        raise NotYetError(f"its probe did not start{f' ({troubles[-1]})' if troubles else ''}")

    return wait_for(
        observer.name,
        look,
        seconds=_STARTS_WITHIN,
        allowed="the observer polls the metadata service and announces each run on its console",
        remedy="see in its console log whether vipstack-probe.service runs and reaches the metadata service",
    )


def collect(cloud: Cloud, observer: Guest, run: Run) -> ProbeRecord:
    """Wait for the run's end and put its record together; then withdraw the order.

    Raises:
        DrillError: parts of the record did not come.
    """
    frames: list[dict[str, object]] = []

    def look() -> ProbeRecord:
        # The console keeps only its last 100 kB: what was seen once is kept.
        frames.extend(consoles.probe_frames(cloud.whole_console(observer.server_id)))
        record = assemble(run.id, frames)
        if isinstance(record, Missing):
            raise NotYetError(f"{record.what} did not come")
        return record

    time.sleep(max(0.0, run.started + run.seconds - time.time()))
    record = wait_for(
        observer.name,
        look,
        seconds=_COMES_WITHIN,
        allowed="the observer prints the record of a run, several times, in lines with a checksum",
        remedy="look at its console log for what damages the lines, then drill again",
    )
    withdraw(cloud, observer)
    return record


def withdraw(cloud: Cloud, observer: Guest) -> None:
    """Take the order back, so that the observer stops printing the record."""
    if ITEM in cloud.items(observer.server_id):
        cloud.remove_item(observer.server_id, ITEM)


def ahead(behind: float) -> float:
    """How far the observer's clock is ahead, by how far it seemed behind when its words were read, in seconds.

    A clock that may be right is taken for right. One that is not (a guest without NTP, an emulated one above all) is
    believed to within the delay of a look, which the judgement's tolerance covers.
    """
    first, last = _DELAY
    return 0.0 if first <= behind <= last else _USUAL_DELAY - behind
