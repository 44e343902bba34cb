"""What crosses the wire between a guest and its compute host: a capture on the guest's tap, for as long as one likes.

Owns how the tap is found and the capture ended; what the lines mean is the caller's.
"""

import subprocess
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from lab import guests
from lab.admin_api import AdminApi
from lab.errors import LabError
from lab.laboratory import Laboratory
from lab.waiting import wait_for

# os-vif names a tap after the port: as much of its id as IFNAMSIZ leaves room for.
_PORT_ID_IN_NAME = 11


@contextmanager
def captured(
    lab: Laboratory, server: str, mac: str, command: Callable[[str], Sequence[str]]
) -> Generator[Callable[[], str]]:
    """Run a capture beside the guest within the block; what it yields gives the output so far.

    Args:
        lab: the lab.
        server: the server's name or id.
        mac: of the port whose tap is meant.
        command: makes the words of a capture program of an interface's name; it must print each packet at once.
    """
    api = AdminApi(lab.layout)
    place = guests.locate(api, server)
    ports = api.listing("neutron", f"/v2.0/ports?mac_address={mac}&device_id={place.server_id}")
    if len(ports) != 1:
        raise LabError(
            f"guest {server}",
            f"it has {len(ports)} ports with the MAC {mac}",
            "one port, whose tap can be listened on",
            "take the MAC from the stack's outputs",
        )
    tap = f"tap{str(ports[0]['id'])[:_PORT_ID_IN_NAME]}"
    # Entered without a fork: ending this process ends the capture itself.
    words = [*lab.rooms.enter_words(place.room), *command(tap)]
    with TemporaryDirectory(prefix="vipstack-wire-") as folder:
        printed, heard = Path(folder) / "out", Path(folder) / "err"
        with printed.open("wb") as out, heard.open("wb") as err:
            capture = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        try:
            wait_for(f"capture of {server}", lambda: _not_yet(capture, heard), timeout=20)
            yield printed.read_text
        finally:
            capture.terminate()
            capture.wait(10)


def _not_yet(capture: "subprocess.Popen[bytes]", heard: Path) -> str | None:
    said = heard.read_text().strip()
    if "listening on" in said:
        return None
    return f"{said or 'nothing'}{'' if capture.poll() is None else ' (it has ended)'}"
