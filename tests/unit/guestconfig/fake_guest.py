"""What the guest's tests share: a manifest, and a guest whose root is a folder and whose programs are scripts."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from guestconfig import report, wire

REPOSITORY = Path(__file__).parents[3]
POLL = 0.1
_AGENT = [sys.executable, "-m", "guestconfig.agent", "--poll", str(POLL)]
RECORDINGS = Path(__file__).parent / "recordings"
MAC = "fa:16:3e:00:00:01"

# Each script writes down how it was called. A configuration that says "broken" does not pass its check, one that says
# "unloved" passes and then fails to load.
SCRIPTS = {
    "keepalived": 'grep -q broken "$3" && { echo "line 1: broken is unknown"; exit 1; }; exit 0',
    "nft": 'grep -q broken "$3" && { echo "syntax error"; exit 1; }; exit 0',
    # Every certificate that it names must be there.
    "haproxy": """
for file in $(grep -o 'crt [^ ]*' "$3" | cut -c 5-); do
    [ -e "$file" ] || { echo "no $file"; exit 1; }
    ! grep -q broken "$file" || { cat "$file"; exit 1; }
done""",
    "sysctl": "exit 0",
    "modprobe": "exit 0",
    "ip": 'echo "5: eth-vip    inet 203.0.113.2/32 scope global eth-vip"',
    "systemctl": """
case "$1" in
enable) mkdir -p "$ROOT/etc/systemd/system/multi-user.target.wants"
    for unit; do touch "$ROOT/etc/systemd/system/multi-user.target.wants/$unit"; done ;;
is-active) shift; for unit; do echo active; done ;;
kill) cp "$RECORDINGS/keepalived.data" "$ROOT/tmp/keepalived.data" ;;
reload-or-restart) ! grep -qs unloved "$ROOT/etc/keepalived/keepalived.conf" || { echo "Job failed"; exit 1; } ;;
esac
""",
}


def director(generation: int = 1, *, extra: str = "", weight: int = 1) -> wire.Manifest:
    """A small director's manifest."""
    expected = {
        "units": ["keepalived.service"],
        "vrrp": [{"instance": "VI_1"}],
        "ipvs": [
            {
                "protocol": "tcp",
                "address": "203.0.113.2",
                "port": 80,
                "scheduler": "rr",
                "forwarding": "direct-routing",
                "table": "keepalived",
                "real_servers": [{"address": "203.0.113.21", "port": 80, "weight": weight}],
            }
        ],
    }
    files = {
        "/etc/keepalived/keepalived.conf": f"interface @nic:lan@\nauth_pass hush\n{extra}",
        "/etc/vipstack/expect.json": json.dumps(expected),
    }
    return wire.Manifest("director", files, {"lan": MAC}, generation)


@dataclass
class FakeGuest:
    """A guest in a folder, with a metadata service of its own."""

    root: Path
    items: dict[str, str] = field(default_factory=dict[str, str])
    status: int = 200
    port: int = 0

    def file(self, path: str) -> str:
        """A file's text; empty where there is none."""
        place = self.root / path.lstrip("/")
        return place.read_text() if place.exists() else ""

    @property
    def calls(self) -> list[str]:
        """How the guest's programs were called."""
        return self.file("/calls").splitlines()

    @property
    def reports(self) -> list[report.Report]:
        """What the agent said on the console."""
        return report.parse(self.file("/dev/console"))

    def heard(self, *wanted: tuple[int, str]) -> bool:
        """Whether a report of each generation with that status is there."""
        return {*wanted} <= {(said.generation, said.status) for said in self.reports}

    def wait_for(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        """Wait, and say what was heard last where it never comes."""
        until = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < until, f"not within {seconds} s; reports so far: {self.reports}"
            time.sleep(0.05)

    def start(self) -> subprocess.Popen[bytes]:
        """Start the agent as a process."""
        # Without the folders where the real daemons are.
        path = f"{self.root / 'bin'}:/usr/bin:/bin"
        return subprocess.Popen(
            [*_AGENT, "--root", self.root, "--metadata", f"127.0.0.1:{self.port}"],
            cwd=REPOSITORY,
            env={"PATH": path, "ROOT": str(self.root), "RECORDINGS": str(RECORDINGS)},
        )

    @contextmanager
    def agent(self) -> Iterator[subprocess.Popen[bytes]]:
        """The agent, for as long as the block lasts."""
        process = self.start()
        try:
            yield process
        finally:
            process.kill()
            process.wait()
