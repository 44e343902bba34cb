"""The control services beside the APIs: what runs on the message queue."""

from pathlib import Path

from lab import fork_servers
from lab.laboratory import Laboratory
from lab.layout import CONTROL
from lab.services.shared import queue

_PROBE = Path(__file__).parent / "inside" / "queue_probe.py"
_PROBE_TIMEOUT = 120
# The steps in which fork servers get ready; what they fork waits for them.
NOVA_IMPORTS = "Nova's imports"
NEUTRON_IMPORTS = "Neutron's imports"
NOVA_PROGRAMS = ("nova-conductor", "nova-scheduler")
HOUSEKEEPING = "neutron-periodic-workers"


def start_nova(lab: Laboratory) -> None:
    """Conductor and scheduler; Keystone must know the service users, else both exit."""
    config = lab.layout.etc / "nova" / "nova.conf"
    for name in NOVA_PROGRAMS:
        words = fork_servers.program_words(lab.layout, name)
        fork_servers.start(lab, fork_servers.NOVA, CONTROL, name, [*words, "--config-file", config])


def start_neutron(lab: Laboratory, family: fork_servers.Family, name: str) -> None:
    """A program of Neutron's that stands beside its API and reads the same settings."""
    folder = lab.layout.etc / "neutron"
    configs = ["--config-file", folder / "neutron.conf", "--config-file", folder / "ml2.ini"]
    words = fork_servers.program_words(lab.layout, name)
    fork_servers.start(lab, family, CONTROL, name, [*words, *configs])


def await_consumers(lab: Laboratory, *queues: str) -> None:
    """Wait until the queues are served."""
    python = lab.layout.venv / "bin" / "python"
    words = [python, _PROBE, queue(lab.passwords), str(_PROBE_TIMEOUT), *queues]
    lab.rooms.run(CONTROL, words, timeout=_PROBE_TIMEOUT + 30)
