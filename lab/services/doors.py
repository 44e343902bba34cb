"""Doors: one haproxy a room joins 127.0.0.1 there with the services' unix sockets.

A TCP port lives in one network namespace, a unix socket is reached from all; so the catalogue can say 127.0.0.1 and
be right on the machine and in every room.
"""

from collections.abc import Iterable
from pathlib import Path

from lab.laboratory import Laboratory
from lab.layout import API_PORTS, CONTROL, METADATA_PORT, RABBIT_PORT, Layout
from lab.waiting import wait_for

_HEAD = """\
global
    maxconn 2000
    stats socket unix@{opened} mode 600
defaults
    mode tcp
    maxconn 2000
    timeout connect 10s
    timeout client 1d
    timeout server 1d
    retries 3
"""


def text(layout: Layout, room: str | None) -> str:
    """The configuration of one room's door; None is the machine."""
    joined = dict(API_PORTS)
    if room is not None:
        joined["metadata"] = METADATA_PORT  # with OVN every host has a metadata agent
        if room != CONTROL:
            joined["rabbitmq"] = RABBIT_PORT
    parts = [_HEAD.format(opened=layout.socket_of(_name(room)))]
    parts += [_to_socket(layout, service, port) for service, port in joined.items()]
    if room == CONTROL:
        # The queue speaks TCP only; here is the unix socket the other rooms' doors lead to.
        parts.append(
            f"listen rabbitmq\n    bind unix@{layout.socket_of('rabbitmq')} mode 600\n"
            f"    server only 127.0.0.1:{RABBIT_PORT}\n"
        )
    return "".join(parts)


def start(lab: Laboratory, rooms: Iterable[str | None]) -> None:
    """Start the doors that are not there."""
    for room in rooms:
        name = _name(room)
        if lab.processes.find(name):
            continue
        path = lab.layout.etc / "doors" / f"{name}.cfg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(lab.layout, room))
        opened = lab.layout.socket_of(name)
        opened.unlink(missing_ok=True)
        lab.start(room, name, ["/usr/sbin/haproxy", "-db", "-f", path])
        _await(lab, name, opened)


def _name(room: str | None) -> str:
    return f"door-{room or 'machine'}"


def _await(lab: Laboratory, name: str, opened: Path) -> None:
    """Wait until a door has all its ports; haproxy names its sockets only after all were bound, else it ends."""

    def look() -> str | None:
        if lab.processes.find(name) is None:
            raise lab.processes.died(name)
        return None if opened.exists() else "its ports are not bound yet"

    with lab.processes.log_on_timeout(name):
        wait_for(name, look, timeout=20, interval=0.02)


def _to_socket(layout: Layout, service: str, port: int) -> str:
    return f"listen {service}\n    bind 127.0.0.1:{port}\n    server only unix@{layout.socket_of(service)}\n"
