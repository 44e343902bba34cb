"""The CLI at work, told once of an interrupt and then waited for: one that is killed leaves its stack locked."""

import signal
import subprocess
import threading
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def begun(
    command: Sequence[str], *, cwd: Path, env: Mapping[str, str], piped: bool
) -> Generator["subprocess.Popen[str]"]:
    """A command, begun; ended in good order by SIGINT where the block is left before it has ended.

    ``subprocess`` itself gives it a quarter of a second, and a terminal tells it of Ctrl-C a second time. So it has a
    session of its own, except where another thread than the first begins it: no interrupt is heard there, and it must
    get the terminal's.

    Args:
        command: its words.
        cwd: where it runs.
        env: its whole environment.
        piped: whether output and errors come together by the process's ``stdout``, or go where this program's go.
    """
    alone = threading.current_thread() is threading.main_thread()
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if piped else None,
        stderr=subprocess.STDOUT if piped else None,
        text=True,
        start_new_session=alone,
    ) as process:
        try:
            yield process
        except BaseException:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.communicate()
            raise
