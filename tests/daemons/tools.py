"""The guests' own daemons on this machine, without installing them: Debian's packages, unpacked into the cache.

Installing them would start daemons, or hand the machine to cloud-init at its next boot. What this machine has already
is used from where it is. Commands run in namespaces of their own: what a script mounts, names or sets up in its network
is gone with it.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGES = Path(__file__).parent / "packages.txt"

# For scripts: an empty /etc/keepalived in this mount namespace, also where the package was never installed.
KEEPALIVED_FOLDER = (
    "[ -d /etc/keepalived ] || { mount -t tmpfs tmpfs /mnt; cp -a /etc /mnt/etc; mkdir /mnt/etc/keepalived; "
    "mount --bind /mnt/etc /etc; }; mount -t tmpfs tmpfs /etc/keepalived; "
)

# For every script: the protocols' names, by which some daemons ask, also where nobody installed them.
PROTOCOLS = (
    "[ -e /etc/protocols ] || {{ mount -t tmpfs tmpfs /mnt; cp -a /etc /mnt/etc; cp {root}/etc/protocols /mnt/etc; "
    "mount --bind /mnt/etc /etc; }}; "
)

_FETCH_SECONDS = 600
# A bound for what hangs, not for what a busy machine takes.
_RUN_SECONDS = 240


@dataclass(frozen=True)
class Tools:
    """The unpacked packages below ``root``."""

    root: Path

    @cached_property
    def environment(self) -> dict[str, str]:
        """With this a program below the root finds its libraries, modules and units, and this machine's after them."""
        # Some packages still put their libraries into /lib, which below this root is a folder of its own.
        libraries = _libraries(self.root)
        places = [*libraries, *(folder / name for folder in libraries for name in ("systemd", "xtables"))]
        # In the last one is what an alternative leads to, which only an installation sets up.
        folders = ("usr/sbin", "sbin", "usr/bin", "bin", "usr/lib/openvswitch-switch")
        programs = [self.root / folder for folder in folders]
        return {
            "PATH": ":".join([*map(str, programs), "/usr/sbin:/sbin:/usr/bin:/bin"]),
            "LD_LIBRARY_PATH": ":".join(map(str, places)),
            # The folder that is compiled in, where iptables is installed, comes last.
            "XTABLES_LIBDIR": ":".join(f"{folder}/xtables" for folder in [*libraries, *_libraries(Path("/"))]),
            "PYTHONPATH": str(self.root / "usr/lib/python3/dist-packages"),
            "LC_ALL": "C.UTF-8",
        }

    def run(self, script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a shell script with a network, mounts and a host name of its own; the network has lo and nothing else.

        Output and errors come back as one text.
        """
        prepared = f"mount -t sysfs sysfs /sys; ip link set lo up; {PROTOCOLS.format(root=self.root)}{script}"
        command = ["unshare", "--net", "--mount", "--uts", "sh", "-euc", prepared, "sh", *map(str, arguments)]
        return subprocess.run(
            command,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_RUN_SECONDS,
            check=False,
        )

    def folder(self, pattern: str) -> Path:
        """The folder of what matches below the root, or on this machine where the package is installed there."""
        for top in (self.root, Path("/")):
            for found in sorted(top.glob(pattern)):
                return found.parent
        raise AssertionError(f"no {pattern} on this machine nor in {PACKAGES}")

    def find(self, program: str) -> str:
        """The path of a program."""
        found = shutil.which(program, path=self.environment["PATH"])
        assert found, f"{program} is neither on this machine nor in {PACKAGES}"
        return found


def unpacked(listed: Path = PACKAGES) -> Tools:
    """Fetch and unpack what this machine lacks; once for each list of packages."""
    packages = [line for line in listed.read_text().splitlines() if line and not line.startswith("#")]
    stamp = hashlib.sha256("\n".join(packages).encode()).hexdigest()[:16]
    root = _cache() / "daemons" / stamp
    root.parent.mkdir(parents=True, exist_ok=True)
    # Workers of one run ask at the same time, and other runs may: the first fetches, the others wait for it.
    with (root.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            _unpack(packages, root)
    return Tools(root)


def _libraries(root: Path) -> list[Path]:
    return [folder for top in ("usr/lib", "lib") for folder in sorted(root.glob(f"{top}/*-linux-gnu"))]


def _unpack(packages: Sequence[str], root: Path) -> None:
    making = Path(tempfile.mkdtemp(prefix=f"{root.name}.", dir=root.parent))
    archives = making / "var/cache/apt/archives"
    (archives / "partial").mkdir(parents=True)
    _fetch(packages, archives)
    for package in sorted(archives.glob("*.deb")):
        subprocess.run(["dpkg", "--extract", package, making], check=True, timeout=_RUN_SECONDS)
    shutil.rmtree(archives)
    making.rename(root)


def _fetch(packages: Sequence[str], archives: Path) -> None:
    options = ["-q", "-y", "--no-install-recommends", "--download-only", "-o", "Debug::NoLocking=1"]
    fetch = ["apt-get", "install", *options, "-o", f"Dir::Cache::archives={archives}", *packages]
    # A machine that never asked its sources knows no packages.
    for command in (fetch, ["apt-get", "-q", "update"], fetch):
        done = subprocess.run(command, capture_output=True, text=True, timeout=_FETCH_SECONDS, check=False)
        if command is fetch and done.returncode == 0:
            return
    raise AssertionError(f"apt-get could not fetch the guests' packages:\n{done.stdout}{done.stderr}")


def _cache() -> Path:
    own = os.environ.get("VIPSTACK_CACHE")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vipstack"
