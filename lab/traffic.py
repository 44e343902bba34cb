"""HTTP through a virtual IP, from a guest or from the client beyond the router: ask, download, upload.

Each look is a command line and a pure reading of what it printed, the same for every place it is run in.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lab import guests, outside
from lab.errors import LabError
from lab.laboratory import Laboratory
from lab.layout import OUTSIDE_CLIENT

EIGHT_MEGABYTES = 8 * 1024 * 1024

# A command in some place: its words and seconds to live, giving exit status and standard output.
Shell = Callable[[Sequence[str], float], tuple[int, str]]


@dataclass(frozen=True)
class Place:
    """Somewhere requests come from, and the address that the servers should see."""

    name: str
    address: str
    shell: Shell


def guest(lab: Laboratory, server: str, address: str) -> Place:
    """A guest of the lab, through its agent."""
    agent = guests.agent(lab, server)

    def shell(words: Sequence[str], timeout: float) -> tuple[int, str]:
        result = agent.run(list(words), timeout=timeout)
        return result.returncode, result.stdout

    return Place(server, address, shell)


def client(lab: Laboratory) -> Place:
    """The client beyond the router."""

    def shell(words: Sequence[str], timeout: float) -> tuple[int, str]:
        finished = outside.exec_outside(lab, words, timeout=timeout)
        return finished.returncode, finished.stdout

    return Place("client beyond the router", str(OUTSIDE_CLIENT), shell)


def ask(place: Place, url: str, times: int = 1) -> Counter[str]:
    """Who answered: the title of the example page, counted; ``lost`` where nobody did within 3 s."""
    # A shell loop: one round trip to the place instead of one a request, and no connection is used twice.
    script = (
        f"for i in $(seq {times}); do "
        f"curl -sf --max-time 3 {url} | sed -n 's/.*<title>\\(.*\\)<.title>.*/\\1/p' | grep . || echo lost; done"
    )
    _, output = place.shell(["sh", "-c", script], 10 + 4 * times)
    return Counter(output.split())


def download(place: Place, url: str, seconds: float = 120) -> int:
    """The bytes that came back."""
    return _transfer(place, ["--output", "/dev/null", "--write-out", "%{size_download}", url], seconds)


def upload(place: Place, url: str, size: int = EIGHT_MEGABYTES, seconds: float = 120) -> int:
    """The bytes that the server counted."""
    words = f"head -c {size} /dev/zero | curl -sSf --max-time {seconds:g} --data-binary @- {url}"
    return _number(place, *place.shell(["sh", "-c", words], seconds + 20))


def _transfer(place: Place, words: Sequence[str], seconds: float) -> int:
    command = ["curl", "--silent", "--show-error", "--fail", "--max-time", f"{seconds:g}", *words]
    return _number(place, *place.shell(command, seconds + 20))


def _number(place: Place, returncode: int, output: str) -> int:
    if returncode != 0:
        raise LabError(
            place.name,
            f"the transfer ended with curl's status {returncode}: {output.strip()[-200:]}",
            "a transfer that finishes",
            "look at the packets on the directors' and real servers' interfaces",
        )
    return int(output.strip().splitlines()[-1])


# Asks once who has an address, and listens for everyone who says so: a neighbour table would show the winner only.
_WHO_HAS = """
import socket, struct, sys, time
nic, mine, wanted = sys.argv[1:]
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806))
s.bind((nic, 0x0806))
mac = s.getsockname()[4]
ask = struct.pack("!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, mac, socket.inet_aton(mine), bytes(6), socket.inet_aton(wanted))
s.send(b"\\xff" * 6 + mac + b"\\x08\\x06" + ask)
s.settimeout(0.2)
end = time.monotonic() + 3
while time.monotonic() < end:
    try:
        frame = s.recv(2048)
    except TimeoutError:
        continue
    if frame[20:22] == b"\\x00\\x02" and frame[28:32] == socket.inet_aton(wanted):
        print(frame[22:28].hex(":"))
"""


# The same by a neighbour solicitation (RFC 4861, 4.3); what answers is an advertisement for the target, with its MAC.
_WHO_HAS_V6 = """
import socket, struct, sys, time
nic, mine, wanted = sys.argv[1:]
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x86DD))
s.bind((nic, 0x86DD))
mac = s.getsockname()[4]
mine, wanted = (socket.inet_pton(socket.AF_INET6, text) for text in (mine, wanted))
group = socket.inet_pton(socket.AF_INET6, "ff02::1:ff00:0")[:13] + wanted[13:]
ask = struct.pack("!BBHI", 135, 0, 0, 0) + wanted + b"\\x01\\x01" + mac
total = sum(struct.unpack("!36H", mine + group + struct.pack("!II", len(ask), 58) + ask))
total = (total & 0xFFFF) + (total >> 16)
ask = ask[:2] + struct.pack("!H", ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF) + ask[4:]
header = struct.pack("!IHBB", 6 << 28, len(ask), 58, 255)
s.send(b"\\x33\\x33" + group[12:] + mac + b"\\x86\\xdd" + header + mine + group + ask)
s.settimeout(0.2)
end = time.monotonic() + 3
while time.monotonic() < end:
    try:
        frame = s.recv(2048)
    except TimeoutError:
        continue
    if frame[20] == 58 and frame[54] == 136 and frame[62:78] == wanted:
        print(frame[80:86].hex(":"))
"""


def who_has(place: Place, address: str) -> set[str]:
    """The MACs of everyone who answers within 3 s when asked once who has the address (RFC 826, RFC 4861)."""
    _, route = place.shell(["ip", "-o", "route", "get", address], 10)
    words = route.split()
    nic, mine = words[words.index("dev") + 1], words[words.index("src") + 1]
    script = _WHO_HAS_V6 if ":" in address else _WHO_HAS
    _, output = place.shell(["python3", "-c", script, nic, mine, address], 20)
    return set(output.split())


def clients_seen(lab: Laboratory, server: str, mark: str = "") -> set[str]:
    """The client addresses in a real server's access log, of all requests or of those that hold the mark."""
    log = guests.agent(lab, server).get("/var/log/apache2/access.log").decode(errors="replace")
    return {line.split()[0] for line in log.splitlines() if mark in line}
