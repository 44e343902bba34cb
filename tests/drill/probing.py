"""The observer's own probe, run in a namespace: its command, and the record that it prints at its end."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from drill.records import ProbeRecord, from_document

_PROBE = Path(__file__).parents[2] / "cloud-init/observer/usr/local/lib/vipstack/probe.py"


def command(seconds: float, targets: Sequence[str]) -> list[str]:
    """A probe of the targets, each 10 ms for so many seconds."""
    order = {"id": "recorded", "seconds": seconds, "interval": 10, "targets": targets}
    return [sys.executable, str(_PROBE), json.dumps(order)]


def recorded(probe: subprocess.Popen[bytes], within: float = 30) -> ProbeRecord:
    """What a probe saw, once it has ended; ``within`` so many seconds."""
    return from_document(json.loads(probe.communicate(timeout=within)[0]))
