"""The end of the lab: everything that runs, and with ``purge`` what the cloud kept."""

import contextlib
import shutil
from pathlib import Path

from lab.laboratory import Laboratory
from lab.progress import Progress
from lab.services import mariadb

# Mount points the rooms need where libvirt's own set-up is not installed; empty on the machine, hence removed.
_MOUNT_POINTS = (Path("/var/lib/libvirt"), Path("/var/cache/libvirt"))


def down(lab: Laboratory, progress: Progress, *, purge: bool) -> None:
    """End everything in the lab.

    MariaDB ends in good order, so that the next start needs no recovery; the rest has nothing to lose, and the
    kernel ends it with the holder: processes, mounts, bridges, taps.
    """
    with progress.step("MariaDB stops"):
        mariadb.stop(lab)
    with progress.step("everything else ends"):
        lab.rooms.end()
    for path in _MOUNT_POINTS:
        with contextlib.suppress(OSError):
            path.rmdir()
    shutil.rmtree(lab.layout.run, ignore_errors=True)
    if purge:
        with progress.step("state is removed"):
            for folder in (lab.layout.state, lab.layout.etc, lab.layout.log):
                shutil.rmtree(folder, ignore_errors=True)
            lab.layout.clouds_yaml.unlink(missing_ok=True)
