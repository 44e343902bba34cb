"""The end of the lab: everything that runs, and with ``purge`` what the cloud kept."""

import shutil

from lab import lock
from lab.laboratory import Laboratory
from lab.progress import Progress
from lab.services import mariadb


def down(lab: Laboratory, progress: Progress, *, purge: bool) -> None:
    """End everything in the lab.

    MariaDB ends in good order, so that the next start needs no recovery; the rest has nothing to lose, and the
    kernel ends it with the holder: processes, mounts, bridges, taps.
    """
    with lock.held(lab.layout):
        with progress.step("MariaDB stops"):
            mariadb.stop(lab)
        with progress.step("everything else ends"):
            lab.rooms.end()
        shutil.rmtree(lab.layout.run, ignore_errors=True)
        if not purge:
            return
        with progress.step("state is removed"):
            for folder in (lab.layout.state, lab.layout.etc, lab.layout.log):
                shutil.rmtree(folder, ignore_errors=True)
            lab.layout.clouds_yaml.unlink(missing_ok=True)
