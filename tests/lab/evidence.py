"""What an engineer asks for first when a test on guests fails: their consoles in words, and their daemons' journals."""

import json

from drill import consoles
from guestconfig import frames, report
from lab import guests
from lab.errors import LabError
from lab.laboratory import Laboratory

CONSOLE_LINES = 60
_SPOKEN = (report.PREFIX, consoles.ADDRESSES)
_FOR_MACHINES = "VIPSTACK-"  # of the rest, the probe's records are the most: long, and of no use to a reader
_JOURNAL = (
    "journalctl --boot --lines 60 --no-pager --output short-precise --unit 'keepalived*' "
    "--unit 'vipstack*' --unit conntrackd --unit haproxy"
)


def readable(console: str) -> str:
    """A console's text with reports and announcements in words, and each line once: guests repeat themselves."""
    return "\n".join(dict.fromkeys(filter(None, map(_spoken, console.splitlines()))))


def journal(lab: Laboratory, server: str) -> str:
    """The end of what the guest's daemons said, or why nobody can ask: it may be gone, or down at the moment."""
    try:
        return guests.agent(lab, server).run(["sh", "-c", _JOURNAL], timeout=20).stdout
    except LabError as error:
        return f"({error})"


def _spoken(line: str) -> str:
    for prefix in _SPOKEN:
        if found := frames.find(prefix, line):
            return json.dumps(found[0])
    return "" if line.startswith(_FOR_MACHINES) else line
