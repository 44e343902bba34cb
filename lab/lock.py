"""One command at a time changes the lab: two starts side by side would start everything twice."""

import contextlib
import fcntl
import os
from collections.abc import Generator

from lab.errors import LabError
from lab.layout import Layout


@contextlib.contextmanager
def held(layout: Layout) -> Generator[None]:
    """Hold the lab's lock; the kernel gives it back however this process ends.

    Raises ``LabError`` at once where another command holds it, or the folder cannot be written.
    """
    path = layout.home / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+")
    except OSError as error:
        raise LabError(
            str(layout.home),
            f"cannot be written: {error.strerror}",
            "a folder of root's: the lab makes namespaces, bridges and taps",
            "run it as root, or with sudo; another folder is named by VIPSTACK_LAB_HOME",
        ) from None
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.seek(0)
            raise LabError(
                str(path),
                f"process {handle.read().strip() or 'unknown'} is starting or ending the lab",
                "one such command at a time",
                "wait for its end, or end it, then run this again",
            ) from None
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield
