"""The API services under uWSGI: one process each, on a unix socket that every room reaches."""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from lab.laboratory import Laboratory
from lab.layout import CONTROL
from lab.services.http import status
from lab.waiting import wait_for

_INSIDE = Path(__file__).parents[1] / "inside"
_READY_TIMEOUT = 120.0  # seconds; 4 to 10 on an idle core


@dataclass(frozen=True)
class Api:
    """One WSGI application; ``environment`` tells it where its settings are, below the lab's etc folder."""

    name: str
    module: str
    environment: dict[str, str]
    threads: int = 4


APIS = (
    Api("keystone", "keystone.wsgi.api", {"OS_KEYSTONE_CONFIG_FILES": "{etc}/keystone/keystone.conf"}),
    Api("placement", "placement.wsgi.api", {"OS_PLACEMENT_CONFIG_DIR": "{etc}/placement"}),
    Api("glance", "glance.wsgi.api", {"OS_GLANCE_CONFIG_DIR": "{etc}/glance"}),
    Api(
        "neutron",
        "neutron.wsgi.api",
        {"OS_NEUTRON_CONFIG_DIR": "{etc}/neutron", "OS_NEUTRON_CONFIG_FILES": "neutron.conf;ml2.ini"},
    ),
    Api("nova", "nova.wsgi.osapi_compute", {"OS_NOVA_CONFIG_DIR": "{etc}/nova"}, threads=6),
    Api("metadata", "nova.wsgi.metadata", {"OS_NOVA_CONFIG_DIR": "{etc}/nova"}),
)


def api(name: str) -> Api:
    """The API of that name."""
    return next(entry for entry in APIS if entry.name == name)


def start(lab: Laboratory, service: Api) -> None:
    """Start an API unless it runs; it becomes ready on its own (``await_ready``)."""
    layout = lab.layout
    venv = layout.venv
    lab.start(
        CONTROL,
        f"{service.name}-api",
        [
            venv / "bin" / "uwsgi",
            "--http-socket", str(layout.socket_of(service.name)),
            "--chmod-socket=600",
            "--home", str(venv),
            "--pythonpath", str(_INSIDE),
            "--module", "served",
            "--master", "--lazy-apps", "--need-app", "--enable-threads", "--die-on-term",
            "--processes", "1",
            "--threads", str(service.threads),
            "--buffer-size", "65535",
            # uWSGI ends the connection after an answer; unless it says so, a client may send its next request into it.
            "--add-header", "Connection: close",
        ],
        LAB_API=service.module,
        **{key: value.format(etc=layout.etc) for key, value in service.environment.items()},
    )  # fmt: skip


def await_ready(lab: Laboratory, service: Api) -> None:
    """Wait until an API answers anything but a server error."""
    name = f"{service.name}-api"

    def look() -> str | None:
        if lab.processes.find(name) is None:
            raise lab.processes.died(name)
        seen = status(lab.layout.socket_of(service.name), timeout=3)
        if isinstance(seen, int) and seen < HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        return f"GET / says {seen}"

    with lab.processes.log_on_timeout(name):
        wait_for(name, look, timeout=_READY_TIMEOUT)
