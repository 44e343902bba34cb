"""QEMU as Debian backports it: it emulates a guest with a sixth less processor time than Debian 12's own.

Unpacked into the lab's folder, and put over the machine's in the rooms of the compute hosts; nothing is installed.
Where the machine's Debian source has no backports the machine's own QEMU does, only more slowly.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

from lab import debian
from lab.commands import run
from lab.errors import LabError
from lab.layout import Layout

_PACKAGES = ("qemu-system-x86", "qemu-system-common", "qemu-system-data")
# The program, its modules, and what it loads into a machine; all of one version.
_PARTS = ("usr/bin/qemu-system-x86_64", "usr/lib/x86_64-linux-gnu/qemu", "usr/share/qemu")


def ensure(layout: Layout, say: Callable[[str], None]) -> None:
    """Fetch it unless it is there; ``say`` hears where it cannot be had."""
    if layout.emulator.is_dir():
        return
    work = layout.emulator.with_name("emulator-fetching")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    apt = debian.private_apt(work, debian.backports())
    try:
        run([*apt, "update"], timeout=300)
        run([*apt, "download", *_PACKAGES], cwd=work, timeout=300)
    except LabError as error:
        say(f"no backported QEMU ({error.got.splitlines()[-1]}): the machine's own is slower by a fifth")
    else:
        root = work / "root"
        for package in work.glob("*.deb"):
            run(["dpkg", "--extract", package, root], timeout=60)
        root.rename(layout.emulator)
    finally:
        shutil.rmtree(work)


def binds(layout: Layout) -> dict[Path, Path]:
    """What a compute host's room puts over the machine's files, ours first; nothing where it was not fetched."""
    ours = {layout.emulator / part: Path("/") / part for part in _PARTS}
    return ours if all(path.exists() for path in ours) else {}
