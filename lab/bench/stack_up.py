"""From the start of ``pulumi up`` to the first answer through the virtual IP, against the run's slowest guest.

A guest's time runs from its power-on, as Nova has it (launched_at, when libvirt had started the machine), to the line
on its console that says it is ready.
"""

import threading
import time
from datetime import UTC, datetime

from openstack.connection import Connection

from guestconfig import report
from lab import traffic
from lab.bench.rows import Row
from lab.errors import LabError
from lab.laboratory import Laboratory
from lab.stacks import LabStack

_TIMES = 1.3
_PATIENCE = 1800


def rows(lab: Laboratory, admin: Connection, stack: LabStack, virtual_ip: str) -> list[Row]:
    """The ratio in one run of a stack that is not up; afterwards it is."""
    began = datetime.now(UTC)
    failures: list[LabError] = []

    def bring_up() -> None:
        try:
            stack.up()
        except LabError as error:
            failures.append(error)

    worker = threading.Thread(target=bring_up)
    worker.start()
    answered: datetime | None = None
    ready: dict[str, float] = {}
    place = traffic.client(lab)
    try:
        while worker.is_alive() and time.time() < began.timestamp() + _PATIENCE:
            if answered is None and "lost" not in traffic.ask(place, f"http://{virtual_ip}/"):
                answered = datetime.now(UTC)
            for server in admin.compute.servers(all_projects=True):
                # Nova refuses to show the console of one that it still builds.
                if server.id not in ready and server.status == "ACTIVE" and _is_ready(admin, server.id):
                    launched = datetime.fromisoformat(server.launched_at).replace(tzinfo=UTC)
                    ready[server.id] = (datetime.now(UTC) - launched).total_seconds()
            time.sleep(1)
    finally:
        # Whoever destroys the stack next must not meet the lock of its update.
        worker.join()
    if failures or answered is None:
        raise failures[0] if failures else LabError("bench", "no answer through the VIP", "one", "look at the stack")
    first = (answered - began).total_seconds()
    slowest = max(ready.values())
    detail = f"first answer after {first:.0f} s, slowest of {len(ready)} guests ready {slowest:.0f} s after power-on"
    return [Row("up to first answer", first / slowest, _TIMES, "times", detail)]


def _is_ready(admin: Connection, server_id: str) -> bool:
    console = admin.compute.get_server_console_output(server_id, length=200)["output"]
    return any(one.status == report.READY for one in report.parse(console))
