"""Interpreters that have imported what several services are made of, and fork each of them (inside/fork_server.py).

A family of services has one. It is there while the lab starts and ended afterwards; its forks are processes of their
own, recorded and ended like all others. It stands in the control room: what modules look up while they are imported,
the host's name before all, is then as the control services want it, and the compute hosts' settings say theirs.
"""

import json
import socket
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError
from lab.inside.fork_server import STARTED
from lab.laboratory import Laboratory
from lab.layout import CONTROL, Layout
from lab.processes import Record
from lab.waiting import wait_for

_SCRIPT = Path(__file__).parent / "inside" / "fork_server.py"
_IMPORT_TIMEOUT = 120.0  # seconds; 4 on an idle core
_ANSWER_TIMEOUT = 30.0  # seconds; milliseconds on an idle core
MESSAGING = "oslo_messaging._drivers.impl_rabbit"
_CREDENTIALS = struct.Struct("3i")  # process, user and group, as unix(7) has them


@dataclass(frozen=True)
class Family:
    """Services that import the same: the modules of their programs, and some that these load when they run.

    A module that reads a setting while it is imported must not be among the latter: the server has none, and its forks
    would keep the default. Nova's managers do, for the intervals of their periodic tasks.
    """

    name: str
    modules: tuple[str, ...]

    @property
    def server(self) -> str:
        """The name of the process that forks them."""
        return f"{self.name}-fork-server"


NOVA = Family(
    "nova",
    (
        "nova.cmd.compute",
        "nova.cmd.conductor",
        "nova.cmd.scheduler",
        "vif_plug_ovs.ovs",
        MESSAGING,
    ),
)


def prepare(lab: Laboratory, family: Family, services: Iterable[str]) -> None:
    """Have the family's server ready, unless all its services run."""
    if all(lab.processes.find(service) for service in services):
        return
    address = lab.layout.socket_of(family.server)
    if lab.processes.find(family.server) is None:
        address.unlink(missing_ok=True)
    interpreter = lab.layout.venv / "bin" / "python"
    lab.start(CONTROL, family.server, [interpreter, _SCRIPT, address, *family.modules])

    def look() -> str | None:
        if lab.processes.find(family.server) is None:
            raise lab.processes.died(family.server)
        return None if address.exists() else "it still imports"

    with lab.processes.log_on_timeout(family.server):
        wait_for(family.server, look, timeout=_IMPORT_TIMEOUT, interval=0.05)


def program_words(layout: Layout, program: str) -> list[str | Path]:
    """The first words of a program of the services' environment; its own arguments follow."""
    folder = layout.venv / "bin"
    return [folder / "python", folder / program]


def start(lab: Laboratory, family: Family, room: str, name: str, argv: Sequence[str | Path]) -> Record:
    """A service's process in a room, forked unless it runs; ``argv`` begins with the services' interpreter."""
    request = json.dumps({"words": [str(word) for word in argv], "environment": lab.environment()})

    def fork(log: Path) -> int:
        if lab.processes.find(family.server) is None:
            raise lab.processes.died(family.server)
        with lab.rooms.handles(room) as handles, log.open("ab") as output:
            answer, pid = ask(lab.layout.socket_of(family.server), request, [output.fileno(), *handles])
        if answer != STARTED:
            raise LabError(
                name,
                f"it cannot be forked: {answer.decode() or 'no answer'}",
                f"an answer from {family.server}",
                f"look into {lab.layout.log_of(family.server)}, then run `vipstack lab up` again: it resumes",
            )
        return pid

    return lab.processes.ensure_by(name, argv, fork)


def end(lab: Laboratory, family: Family) -> None:
    """End the family's server, if there is one; what it forked stays."""
    if record := lab.processes.find(family.server):
        record.end()
    lab.processes.forget(family.server)
    lab.layout.socket_of(family.server).unlink(missing_ok=True)


def ask(address: Path, request: str, handles: Sequence[int]) -> tuple[bytes, int]:
    """What a fork answered, and the process id the kernel says it has; nothing and 0 where there was no answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.settimeout(_ANSWER_TIMEOUT)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        try:
            connection.connect(str(address))
            socket.send_fds(connection, [request.encode()], handles)
            answer, notes, _, _ = connection.recvmsg(4096, socket.CMSG_SPACE(_CREDENTIALS.size))
        except OSError as error:
            return str(error).encode(), 0
    senders = [_CREDENTIALS.unpack(data)[0] for _, kind, data in notes if kind == socket.SCM_CREDENTIALS]
    return answer, senders[0] if answer else 0
