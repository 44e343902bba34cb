"""What a drill reads from a stack's outputs, and its words where they are not what it needs."""

import json

import pytest

from drill.errors import DrillError
from drill.outputs import Bounds, Guest, parse

OUTPUTS = {
    "virtual-ips": {"web": {"address": "203.0.113.2"}, "mail": {"address": "203.0.113.3"}},
    "failover-bounds": {
        "web": {"crash": 3.527, "clean-stop": 0.527, "allowance": 0.5},
        "mail": {"crash": 3.527, "clean-stop": 0.527, "allowance": 0.5},
    },
    "hosts": {
        "director-1": {"name": "lvs-dr-director-1", "role": "director", "server-id": "11"},
        "director-2": {"name": "lvs-dr-director-2", "role": "director", "server-id": "12"},
        "real-server-1": {"name": "lvs-dr-real-server-1", "role": "real-server", "server-id": "21"},
        "observer": {"name": "lvs-dr-observer", "role": "observer", "server-id": "31"},
    },
    "services": {
        "http": {"virtual-ip": "web", "address": "203.0.113.2", "port": 80, "protocol": "tcp"},
        "dns": {"virtual-ip": "web", "address": "203.0.113.2", "port": 53, "protocol": "udp"},
    },
}


def test_the_guests_and_what_is_promised_are_read():
    stack = parse("lvs-dr", json.dumps(OUTPUTS))
    assert stack.observer == Guest("observer", "lvs-dr-observer", "31")
    assert [director.server_id for director in stack.directors] == ["11", "12"]
    assert stack.addresses == {"web": "203.0.113.2", "mail": "203.0.113.3"}
    assert stack.bounds["web"] == Bounds(crash=3.527, clean_stop=0.527, allowance=0.5)


def test_tcp_services_are_connected_to_and_every_virtual_ip_is_pinged():
    stack = parse("lvs-dr", json.dumps(OUTPUTS))
    assert [str(target) for target in stack.targets] == ["203.0.113.2:80", "203.0.113.2", "203.0.113.3"]
    assert [target.virtual_ip for target in stack.targets] == ["web", "web", "mail"]


def test_the_advert_interval_follows_from_the_bounds():
    assert Bounds(crash=3.527, clean_stop=0.527, allowance=0.5).advert_interval == pytest.approx(1.0)


def test_a_stack_without_observer_cannot_be_drilled():
    hosts = {key: host for key, host in OUTPUTS["hosts"].items() if key != "observer"}
    with pytest.raises(DrillError) as caught:
        parse("lvs-dr", json.dumps({**OUTPUTS, "hosts": hosts}))
    assert str(caught.value) == (
        "stack lvs-dr: it has no observer\n"
        "  expected: a drill probes the virtual IPs from inside their network, and the observer is where the probe "
        "runs\n"
        "  do: give the stack file an `observer`, run `pulumi up`, then drill again"
    )


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"hosts": {"x": {}}}'])
def test_outputs_of_an_unfinished_stack_are_refused_in_words(text):
    with pytest.raises(
        DrillError, match=r"stack lvs-dr: its outputs cannot be used .*\n.*\n.*run `pulumi up -s lvs-dr`"
    ):
        parse("lvs-dr", text)
