"""The package mirror: what guests install at boot, with everything those packages need beyond the plain image.

Makes the files only; serving them is outside.py's. A flat repository, because a guest then needs one line and no
key: ``deb [trusted=yes] http://192.0.2.1:8088/debian ./``. apt runs with the plain image's list of installed packages
as its view of the world.
"""

import gzip
import shutil
from collections.abc import Sequence
from pathlib import Path

from lab import debian
from lab.commands import run


def build(target: Path, status: Path, packages: Sequence[str], work: Path) -> None:
    """Download ``packages`` and their dependencies beyond ``status`` into the flat repository ``target``.

    ``status`` is a dpkg status file: what the guests have already. ``work`` is emptied and holds apt's private state.
    ``target`` is replaced as a whole, so a server reading it meets the old or the new one. Raises ``LabError`` when
    apt fails.
    """
    shutil.rmtree(work, ignore_errors=True)
    fresh = work / "debian"
    (fresh / "partial").mkdir(parents=True)
    apt = debian.private_apt(work, debian.sources(), f"Dir::State::status={status}", f"Dir::Cache::archives={fresh}")
    run([*apt, "update"], timeout=600)
    run([*apt, "install", "--download-only", *packages], timeout=900)
    shutil.rmtree(fresh / "partial")
    (fresh / "lock").unlink(missing_ok=True)
    index(fresh)
    old = work / "old"
    if target.exists():
        target.rename(old)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh.rename(target)
    shutil.rmtree(work)


def index(folder: Path) -> None:
    """Write the index of a flat repository: ``Packages``, ``Packages.gz`` and a ``Release`` that names them."""
    listed = run(["dpkg-scanpackages", "--multiversion", "."], cwd=folder, timeout=300).stdout
    # dpkg-scanpackages says how many entries it wrote on stderr, which arrives in the same text.
    entries = "".join(f"{block.strip()}\n\n" for block in listed.split("\n\n") if block.startswith("Package:"))
    (folder / "Packages").write_text(entries, encoding="utf-8")
    (folder / "Packages.gz").write_bytes(gzip.compress(entries.encode(), mtime=0))
    release = run(["apt-ftparchive", "release", "."], cwd=folder, timeout=60).stdout
    (folder / "Release").write_text(release, encoding="utf-8")
