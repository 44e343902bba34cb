"""What the guest's keepalived is told by its version, with the guest's own script and this machine's keepalived.

Decides that the script reads a real version and tells old ones from new ones. Cannot decide what a newer keepalived
does with the word: the guests' package has none.
"""

from pathlib import Path

import pytest
from tests.daemons.tools import Tools

from components.plan.vrrp import HIGHEST_PRIORITY

SCRIPT = Path(__file__).parents[2] / "cloud-init/director/usr/local/lib/vipstack/keepalived-version"


def written(tools: Tools, folder: Path, version: str | None = None) -> list[str]:
    """The lines that the script writes; ``version`` stands before the machine's own keepalived."""
    into = folder / "instance.conf"
    before = ""
    if version:
        # Only the first line of the real output is another.
        real = tools.find("keepalived")
        program = folder / "keepalived"
        program.write_text(f'#!/bin/sh\n{real} --version 2>&1 | sed "1s/ v[0-9.]*/ v{version}/"\n')
        program.chmod(0o755)
        before = f'PATH="{folder}:$PATH"; '
    done = tools.run(f'{before}sh "$1" "$2"', SCRIPT, into)
    assert done.returncode == 0, done.stdout
    return [line for line in into.read_text().splitlines() if not line.startswith("#")]


def test_debian_12_s_keepalived_is_told_nothing_that_it_does_not_know(tools: Tools, tmp_path: Path) -> None:
    assert written(tools, tmp_path) == []
    assert "# For keepalived 2.2.7," in (tmp_path / "instance.conf").read_text(), "it was asked, and understood"


@pytest.mark.parametrize(
    ("version", "newer"),
    [("2.2.7", False), ("2.0.20", False), ("2.2.8", True), ("2.2.10", True), ("2.3.3", True), ("10.0.0", True)],
)
def test_a_master_that_was_stalled_gives_way_where_keepalived_can(
    tools: Tools, version: str, newer: bool, tmp_path: Path
) -> None:
    wanted = [f"timer_expired_backup {HIGHEST_PRIORITY}"] if newer else []
    assert written(tools, tmp_path, version) == wanted, "the others' highest priority says how long they wait"
