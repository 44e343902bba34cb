"""RabbitMQ: the message queue, started empty each time, since nothing in it outlives the services."""

import re
import shutil
from pathlib import Path

from lab.laboratory import Laboratory
from lab.layout import CONTROL, RABBIT_PORT
from lab.waiting import wait_for

_NAME = "rabbitmq"
_SERVER = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # a link into the home of its version
_FIRST = "-10"  # niceness: all else waits for it, and beside a dozen others that start it is the last
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
    home = folder / "home"
    lay_home(home, _SERVER.resolve().parents[1])
    lab.start(
        CONTROL,
        _NAME,
        ["nice", "-n", _FIRST, _SERVER],
        HOME=str(folder),
        RABBITMQ_NODENAME=f"rabbit@{CONTROL}",
        RABBITMQ_CONFIG_FILE=str(settings),
        RABBITMQ_CONF_ENV_FILE="/dev/null",
        RABBITMQ_SCRIPTS_DIR=str(home / "sbin"),
        RABBITMQ_PLUGINS_DIR=str(home / "plugins"),
        RABBITMQ_ENABLED_PLUGINS_FILE=str(settings.parent / "enabled_plugins"),
        RABBITMQ_MNESIA_BASE=str(folder / "mnesia"),
        RABBITMQ_LOG_BASE=str(folder / "log"),
        RABBITMQ_PID_FILE=str(folder / "pid"),
        RABBITMQ_GENERATED_CONFIG_DIR=str(folder / "config"),
        # Two schedulers that do not spin while they wait: the cores belong to the guests.
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        ERL_EPMD_ADDRESS="127.0.0.1",
    )


def lay_home(home: Path, installed: Path) -> None:
    """RabbitMQ's home with what it runs on and without its plugins, as links.

    Erlang looks for each of a thousand modules in one folder after the other, and 71 libraries and plugins come before
    Erlang's own: a third of the whole start.
    """
    libraries = home / "plugins"
    libraries.mkdir(parents=True)
    for name in ("sbin", "escript"):
        (home / name).symlink_to(installed / name)
    for library in needed(installed / "plugins"):
        (libraries / library.name).symlink_to(library)


def needed(folder: Path) -> list[Path]:
    """The libraries that the application ``rabbit`` names, and those that these name; each is a folder NAME-VERSION."""
    there = {library.name.partition("-")[0]: library for library in folder.iterdir() if library.is_dir()}
    found: dict[str, Path] = {}
    names = ["rabbit"]
    while names:
        name = names.pop()
        if name in there and name not in found:  # Erlang's own are elsewhere
            found[name] = there[name]
            described = (there[name] / "ebin" / f"{name}.app").read_text()
            listed = re.search(r"\{\s*applications\s*,\s*\[(.*?)\]", described, re.DOTALL)
            names += re.findall(r"\w+", listed[1]) if listed else []
    return list(found.values())


def await_ready(lab: Laboratory) -> None:
    """Wait until the queue takes connections."""

    def look() -> str | None:
        record = lab.processes.find(_NAME)
        if record is None:
            raise lab.processes.died(_NAME)
        sockets = Path(f"/proc/{record.pid}/net/tcp").read_text()
        return None if listens(sockets, RABBIT_PORT) else f"nobody listens on port {RABBIT_PORT}"

    with lab.processes.log_on_timeout(_NAME):
        wait_for(_NAME, look, timeout=90)


def listens(sockets: str, port: int) -> bool:
    """Whether somebody listens on the port, out of /proc/PID/net/tcp."""
    rows = (row.split() for row in sockets.splitlines()[1:])
    return any(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows)
