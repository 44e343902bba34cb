"""Whether what a manifest needs is installed: cloud-init does that, and may still be at it."""

from __future__ import annotations

import contextlib
import fcntl
import struct

from guestconfig import paths
from guestconfig.agent import commands, expectations
from guestconfig.agent.guest import Guest
from guestconfig.wire import Manifest

# Held from the first package's unpacking to the last one's configuration.
LOCK = "/var/lib/dpkg/lock-frontend"

_PROGRAMS = {
    paths.KEEPALIVED: "keepalived",
    paths.CONNTRACKD: "conntrackd",
    paths.NFTABLES: "nft",
    paths.HAPROXY: "haproxy",
    paths.RSYSLOG: "rsyslogd",
    paths.LOGROTATE: "logrotate",
    paths.SYSCTL: "sysctl",
    paths.MODULES: "modprobe",
}
_UNIT_PLACES = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
_FLOCK = "hhlli"  # struct flock of fcntl(2): type, whence, start, length, pid


def missing(guest: Guest, manifest: Manifest) -> list[str]:
    """What stands in the way: programs and units that are not there, or an installation that is not over."""
    if _is_installing(guest):
        return ["packages that are being installed now"]
    rules = [rule for rule in map(paths.rule_for, manifest.files) if rule]
    programs = sorted({_PROGRAMS[rule.kind] for rule in rules if rule.kind in _PROGRAMS})
    absent = [program for program in programs if not commands.is_installed(program)]
    # Text that is no JSON is refused later, by the check of its file.
    with contextlib.suppress(ValueError):
        units = expectations.units_of(expectations.expected(manifest.files.get(paths.EXPECTATIONS_PATH)))
        absent += [unit for unit in units if not any(guest.at(f"{place}/{unit}").exists() for place in _UNIT_PLACES)]
    return absent


def _is_installing(guest: Guest) -> bool:
    try:
        with guest.at(LOCK).open("rb") as lock:
            # Only asks: taking the lock, however briefly, would make apt fail.
            asked = struct.pack(_FLOCK, fcntl.F_RDLCK, 0, 0, 0, 0)
            answer: int = struct.unpack(_FLOCK, fcntl.fcntl(lock, fcntl.F_GETLK, asked))[0]
    except OSError:
        return False
    return answer != fcntl.F_UNLCK
