"""The Python environment of the OpenStack services, from the lab's own lock."""

import hashlib
import shutil
import sys
from pathlib import Path

from lab.commands import run
from lab.layout import Layout

LOCK = Path(__file__).with_name("requirements.lock")
_INSTALL_TIMEOUT = 1200.0  # seconds; 60 with a near mirror, two sources are compiled


def ensure(layout: Layout) -> None:
    """Install what the lock names, unless that was done already.

    --no-deps: the lock is whole, and no resolver may add to it.
    """
    if installed(layout):
        return
    shutil.rmtree(layout.venv, ignore_errors=True)
    layout.venv.parent.mkdir(parents=True, exist_ok=True)
    run([sys.executable, "-m", "venv", layout.venv], timeout=120)
    python = layout.venv / "bin" / "python"
    quiet = {"PYTHONDONTWRITEBYTECODE": "", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    install = [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--require-hashes"]
    run([*install, "-r", LOCK], timeout=_INSTALL_TIMEOUT, env=quiet)
    # Compiled once here, else every service compiles for itself at its first start.
    run([python, "-m", "compileall", "-q", "-j", "0", layout.venv / "lib"], timeout=300, env=quiet, check=False)
    _stamp(layout).write_text(_wanted())


def installed(layout: Layout) -> bool:
    """Whether the environment is whole and of the present lock."""
    stamp = _stamp(layout)
    return stamp.exists() and stamp.read_text() == _wanted()


def _stamp(layout: Layout) -> Path:
    return layout.venv / "installed-from"


def _wanted() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()
