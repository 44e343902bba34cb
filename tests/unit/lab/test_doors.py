"""Can decide: which ports lead where in which room. Cannot: whether haproxy opens them (it does in the lab tests)."""

from pathlib import Path

from lab.layout import API_PORTS, CONTROL, MAX_HOSTS, METADATA_PORT, RABBIT_PORT, Layout, compute_hosts
from lab.services.doors import text

LAYOUT = Layout(Path("/lab"))


def _ports(room: str | None) -> set[int]:
    return {int(line.rpartition(":")[2]) for line in text(LAYOUT, room).splitlines() if "bind 127.0.0.1" in line}


def test_the_machine_sees_the_apis_and_nothing_else() -> None:
    assert _ports(None) == set(API_PORTS.values()), "queue and metadata are the services' own affair"


def test_a_compute_host_reaches_the_queue() -> None:
    assert _ports("host2") >= {*API_PORTS.values(), RABBIT_PORT}, "nova-compute speaks through the queue"


def test_every_compute_host_reaches_metadata() -> None:
    for host in compute_hosts(MAX_HOSTS):
        assert METADATA_PORT in _ports(host), "with OVN a metadata agent runs on each"


def test_the_control_room_gives_the_queue_a_unix_socket_instead_of_its_port() -> None:
    assert RABBIT_PORT not in _ports(CONTROL), "RabbitMQ itself listens on that port there"
    assert "bind unix@/lab/run/sockets/rabbitmq.sock" in text(LAYOUT, CONTROL), "the other rooms' doors lead to it"
