"""What crosses the wires of a guest's compute host: a capture there, for as long as one likes.

Owns where the capture runs and how it ends; what the lines mean is the caller's.
"""

import subprocess
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from lab import guests
from lab.admin_api import AdminApi
from lab.laboratory import Laboratory
from lab.waiting import wait_for

# A guest that is stopped and started again gets another tap; this stands for whatever interfaces there are.
EVERY_INTERFACE = "any"


@contextmanager
def captured(lab: Laboratory, server: str, command: Callable[[str], Sequence[str]]) -> Generator[Callable[[], str]]:
    """Run a capture on the guest's host within the block; what it yields gives the output so far.

    Args:
        lab: the lab.
        server: the server's name or id.
        command: makes the words of a capture program of an interface's name; it must print each packet at once. A
            packet that crosses several interfaces of the host is printed for each.
    """
    place = guests.locate(AdminApi(lab.layout), server)
    # Entered without a fork: ending this process ends the capture itself.
    words = [*lab.rooms.enter_words(place.room), *command(EVERY_INTERFACE)]
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
