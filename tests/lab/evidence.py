"""What an engineer asks for first when a test on guests fails: their consoles in words, and their daemons' journals."""

import json

import openstack

from drill import consoles
from guestconfig import frames, report
from guestconfig.console import FRAMES
from lab import guests
from lab.errors import LabError
from lab.laboratory import Laboratory

_CONSOLE_LINES = 60
_SPOKEN = (report.PREFIX, consoles.ADDRESSES)
_JOURNAL = (
    "journalctl --boot --lines 60 --no-pager --output short-precise --unit 'keepalived*' "
    "--unit 'vipstack*' --unit conntrackd --unit haproxy"
)


def readable(console: str) -> str:
    """A console's text with reports and announcements in words, and each line once: guests repeat themselves."""
    return "\n".join(dict.fromkeys(filter(None, map(_spoken, console.splitlines()))))


def console(cloud: openstack.connection.Connection, server_id: str) -> str:
    """The end of a guest's console, or why it cannot be read: a guest may be gone, or down at the moment."""
    try:
        answer = cloud.compute.get_server_console_output(server_id, length=_CONSOLE_LINES)
    except openstack.exceptions.SDKException as error:
        return f"(Nova: {error})"
    return readable(answer["output"])


def journal(lab: Laboratory, server: str) -> str:
    """The end of what the guest's daemons said, or why nobody can ask."""
    try:
        return guests.agent(lab, server).run(["sh", "-c", _JOURNAL], timeout=20).stdout
    except LabError as error:
        return f"({error})"


def _spoken(line: str) -> str:
    for prefix in _SPOKEN:
        if found := frames.find(prefix, line):
            return json.dumps(found[0])
    # The rest of what is for machines, the probe's records above all: long, and of no use to a reader.
    return "" if line.startswith(FRAMES) else line
