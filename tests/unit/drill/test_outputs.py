"""What a drill reads from a stack's outputs, and its words where they are not what it needs."""

import json
from dataclasses import replace

import pytest

from drill.errors import DrillError
from drill.faults import CRASH
from drill.outputs import Bounds, Guest, parse
from drill.suite import faults_for, plan

PLAIN = {"macs": {"front": "fa:16:3e:00:00:01"}, "features": []}
BALANCER = {**PLAIN, "features": ["load-balancer"]}
OUTPUTS = {
    "virtual-ips": {
        "web": {"address": "203.0.113.2", "network": "front", "peer-network": "sync"},
        "mail": {"address": "203.0.113.3", "network": "front", "peer-network": "front"},
    },
    "failover-bounds": {
        "web": {"crash": 3.527, "clean-stop": 0.527, "allowance": 0.5, "link-down": 0.527},
        "mail": {"crash": 3.527, "clean-stop": 0.527, "allowance": 0.5, "link-down": 3.527},
    },
    "hosts": {
        "director-1": {"name": "lvs-dr-director-1", "role": "director", "server-id": "11", **BALANCER},
        "director-2": {"name": "lvs-dr-director-2", "role": "director", "server-id": "12", **BALANCER},
        "real-server-1": {"name": "lvs-dr-real-server-1", "role": "real-server", "server-id": "21", **PLAIN},
        "observer": {"name": "lvs-dr-observer", "role": "observer", "server-id": "31", **PLAIN},
    },
    "services": {
        "http": {"virtual-ip": "web", "address": "203.0.113.2", "port": 80, "protocol": "tcp"},
        "dns": {"virtual-ip": "web", "address": "203.0.113.2", "port": 53, "protocol": "udp"},
    },
}


def test_the_guests_and_what_is_promised_are_read():
    stack = parse("lvs-dr", json.dumps(OUTPUTS))
    assert stack.observer == Guest("observer", "lvs-dr-observer", "31", PLAIN["macs"])
    assert [director.server_id for director in stack.directors] == ["11", "12"]
    assert stack.addresses == {"web": "203.0.113.2", "mail": "203.0.113.3"}
    assert stack.bounds["web"] == Bounds(crash=3.527, clean_stop=0.527, allowance=0.5, link_down=0.527)


def test_tcp_services_are_connected_to_and_every_virtual_ip_is_pinged():
    stack = parse("lvs-dr", json.dumps(OUTPUTS))
    assert [str(target) for target in stack.targets] == ["203.0.113.2:80", "203.0.113.2", "203.0.113.3"]
    assert [target.virtual_ip for target in stack.targets] == ["web", "web", "mail"]


def test_a_virtual_ip_that_the_observer_does_not_reach_is_not_pinged():
    """The inside one of a gateway: it moves with the other, which is."""
    virtual_ips = {**OUTPUTS["virtual-ips"], "inside": {**OUTPUTS["virtual-ips"]["web"], "network": "back"}}
    bounds = {**OUTPUTS["failover-bounds"], "inside": OUTPUTS["failover-bounds"]["web"]}
    stack = parse("g", json.dumps({**OUTPUTS, "virtual-ips": virtual_ips, "failover-bounds": bounds}))
    assert {target.virtual_ip for target in stack.targets} == {"web", "mail"}
    assert "inside" in stack.addresses, "who holds it is looked at all the same"


def test_the_advert_interval_follows_from_the_bounds():
    assert Bounds(crash=3.527, clean_stop=0.527, allowance=0.5, link_down=3.527).advert_interval == pytest.approx(1.0)


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


def test_a_stack_is_drilled_with_the_faults_that_mean_something_for_it():
    stack = parse("lvs-dr", json.dumps(OUTPUTS))
    assert [fault.name for fault in faults_for(stack, "web")] == [
        "crash",
        "keepalived-killed",
        "haproxy-killed",
        "link-down",
        "clean-stop",
    ], "adverts on another network do not notice a port that is cut in silence"
    assert "nic-down" in [fault.name for fault in faults_for(stack, "mail")]
    plain = replace(stack, directors=(Guest("director-1", "lvs-dr-director-1", "11"),))
    assert "haproxy-killed" not in [fault.name for fault in faults_for(plain, "mail")]


def test_the_control_run_comes_once_in_a_plan():
    assert [(fault.name if fault else None, number) for fault, number in plan([None, CRASH], 2)] == [
        (None, 1),
        ("crash", 1),
        ("crash", 2),
    ]
