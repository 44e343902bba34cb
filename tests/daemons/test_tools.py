"""The room that the other tests of this rung work in: what they do there must not reach this machine."""

import socket
from pathlib import Path

from tests.daemons.tools import Tools


def test_what_a_script_changes_does_not_reach_this_machine(tools: Tools) -> None:
    name, mounts, links = socket.gethostname(), mounted(), interfaces()
    changed = tools.run("hostname elsewhere; mount -t tmpfs none /mnt; ip link add here type bridge; uname -n")
    assert changed.stdout == "elsewhere\n", changed.stdout
    assert socket.gethostname() == name, "this machine has another name now"
    assert mounted() == mounts, "this machine has another mount now"
    assert interfaces() == links, "this machine has another interface now"


def mounted() -> set[str]:
    return {line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()}


def interfaces() -> set[str]:
    return {name for _, name in socket.if_nameindex()}
