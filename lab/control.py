"""The control services beside the APIs: what runs on the message queue."""

from pathlib import Path

from lab.laboratory import Laboratory
from lab.layout import CONTROL
from lab.services.shared import queue

_PROBE = Path(__file__).parent / "inside" / "queue_probe.py"
_PROBE_TIMEOUT = 120


def start_nova(lab: Laboratory) -> None:
    """Conductor and scheduler; Keystone must know the service users, else both exit."""
    config = lab.layout.etc / "nova" / "nova.conf"
    for name in ("nova-conductor", "nova-scheduler"):
        lab.start(CONTROL, name, [lab.layout.venv / "bin" / name, "--config-file", config])


def start_neutron(lab: Laboratory, *programs: str) -> None:
    """Programs of Neutron's that stand beside its API and read the same settings."""
    folder = lab.layout.etc / "neutron"
    configs = ["--config-file", folder / "neutron.conf", "--config-file", folder / "ml2.ini"]
    for name in programs:
        lab.start(CONTROL, name, [lab.layout.venv / "bin" / name, *configs])


def await_consumers(lab: Laboratory, *queues: str) -> None:
    """Wait until the queues are served."""
    python = lab.layout.venv / "bin" / "python"
    words = [python, _PROBE, queue(lab.passwords), str(_PROBE_TIMEOUT), *queues]
    lab.rooms.run(CONTROL, words, timeout=_PROBE_TIMEOUT + 30)
