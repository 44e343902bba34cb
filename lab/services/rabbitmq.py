"""RabbitMQ: the message queue, started empty each time, since nothing in it outlives the services."""

import shutil

from lab.laboratory import Laboratory
from lab.layout import CONTROL, RABBIT_PORT
from lab.waiting import wait_for

_NAME = "rabbitmq"
_SETTINGS = """\
listeners.tcp.default = 127.0.0.1:{port}
default_user = lab
default_pass = {password}
default_permissions.configure = .*
default_permissions.read = .*
default_permissions.write = .*
loopback_users = none
log.console = true
log.console.level = warning
log.file = false
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 50MB
"""


def start(lab: Laboratory) -> None:
    """Start the queue unless it runs."""
    if lab.processes.find(_NAME):
        return
    layout = lab.layout
    folder = layout.state / "rabbitmq"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    settings = layout.etc / "rabbitmq" / "rabbitmq.conf"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(_SETTINGS.format(port=RABBIT_PORT, password=lab.passwords.queue))
    (settings.parent / "enabled_plugins").write_text("[].\n")
    lab.start(
        CONTROL,
        _NAME,
        ["/usr/lib/rabbitmq/bin/rabbitmq-server"],
        HOME=str(folder),
        RABBITMQ_NODENAME=f"rabbit@{CONTROL}",
        RABBITMQ_CONFIG_FILE=str(settings),
        RABBITMQ_CONF_ENV_FILE="/dev/null",
        RABBITMQ_ENABLED_PLUGINS_FILE=str(settings.parent / "enabled_plugins"),
        RABBITMQ_MNESIA_BASE=str(folder / "mnesia"),
        RABBITMQ_LOG_BASE=str(folder / "log"),
        RABBITMQ_PID_FILE=str(folder / "pid"),
        RABBITMQ_GENERATED_CONFIG_DIR=str(folder / "config"),
        # Two schedulers that do not spin while they wait: the cores belong to the guests.
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        ERL_EPMD_ADDRESS="127.0.0.1",
    )


def await_ready(lab: Laboratory) -> None:
    """Wait until the queue takes connections."""

    def look() -> str | None:
        if lab.processes.find(_NAME) is None:
            raise lab.processes.died(_NAME)
        listening = lab.rooms.run(CONTROL, ["ss", "-Hltn", f"sport = :{RABBIT_PORT}"]).stdout
        return None if listening.strip() else f"nobody listens on port {RABBIT_PORT}"

    with lab.processes.log_on_timeout(_NAME):
        wait_for(_NAME, look, timeout=90)
