"""Can decide: what is put over a machine's QEMU, and that without backports nothing is. Cannot: whether it emulates."""

from pathlib import Path

import pytest

from lab import debian, emulator
from lab.errors import LabError
from lab.layout import Layout


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A lab's folder on a machine with one source of packages."""
    monkeypatch.setattr(debian, "sources", lambda: ("deb http://mirror.test/debian/ bookworm main",))
    return Layout(tmp_path / "lab")


def test_without_backports_the_machines_own_stays_and_it_is_said(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(words: list[str], **_: object) -> None:
        raise LabError(" ".join(words), "exit status 100:\nE: no Release file", "0", "look")

    monkeypatch.setattr(emulator, "run", refused)
    said: list[str] = []
    emulator.ensure(layout, said.append)
    assert said == ["no backported QEMU (E: no Release file): the machine's own is slower by a fifth"]
    assert not list(layout.home.iterdir()), "half a fetch must not look like a whole one"
    assert emulator.binds(layout) == {}


def test_program_modules_and_data_are_of_one_version(layout: Layout) -> None:
    (layout.emulator / "usr/bin").mkdir(parents=True)
    (layout.emulator / "usr/bin/qemu-system-x86_64").touch()
    assert emulator.binds(layout) == {}, "a new program loads no old modules"
    for folder in ("usr/lib/x86_64-linux-gnu/qemu", "usr/share/qemu"):
        (layout.emulator / folder).mkdir(parents=True)
    assert list(emulator.binds(layout).values()) == [
        Path("/usr/bin/qemu-system-x86_64"),
        Path("/usr/lib/x86_64-linux-gnu/qemu"),
        Path("/usr/share/qemu"),
    ]
