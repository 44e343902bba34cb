"""The probe itself, on loopback; and its watch, with orders that no metadata service gave.

What it decides: outcomes are told apart, orders out of bounds are refused. What it cannot: its pace on a slow guest.
"""

import json
import os
import socket
import struct

import pytest

from drill.records import from_document
from guestconfig import frames

ORDER = {"id": "1", "seconds": 0.3, "interval": 10, "targets": ["127.0.0.1:9"]}


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0), backlog=512) as made:
        yield made


def test_an_open_port_answers_each_tick(probe, listener):
    document = probe.measure({**ORDER, "targets": [f"127.0.0.1:{listener.getsockname()[1]}"]})
    assert min(document["outcomes"][0]) >= 0, document
    assert 0 < len(document["offsets"]) <= 30, "300 ms at 10 ms; fewer where the machine was busy, never more"


def test_a_closed_port_is_refused_and_not_lost(probe, listener):
    port = listener.getsockname()[1]
    listener.close()
    document = probe.measure({**ORDER, "targets": [f"127.0.0.1:{port}"]})
    assert set(document["outcomes"][0]) == {probe.REFUSED}
    assert from_document(document).refused == (len(document["offsets"]),)


def test_a_silent_port_is_lost_before_the_kernel_sends_its_syn_again(probe, listener):
    # A full backlog: the kernel drops every further SYN.
    listener.listen(0)
    address = listener.getsockname()
    fillers = [socket.socket() for _ in range(4)]
    for filler in fillers:
        filler.setblocking(False)
        filler.connect_ex(address)
    document = probe.measure({**ORDER, "targets": [f"127.0.0.1:{address[1]}"]})
    for filler in fillers:
        filler.close()
    assert set(document["outcomes"][0]) == {probe.LOST}
    assert document["elapsed"] < 15_000, "it ends when the last timeout is over, not when the kernel gives up"


@pytest.mark.skipif(os.geteuid() != 0, reason="raw sockets are for root, as on the observer")
def test_an_address_answers_echoes(probe):
    document = probe.measure({**ORDER, "targets": ["127.0.0.1"]})
    assert min(document["outcomes"][0]) >= 0, document


@pytest.mark.skipif(os.geteuid() != 0, reason="raw sockets are for root, as on the observer")
def test_an_address_of_ipv6_answers_echoes(probe):
    document = probe.measure({**ORDER, "targets": ["::1"]})
    assert min(document["outcomes"][0]) >= 0, document


def test_an_open_port_of_ipv6_answers_each_tick(probe):
    with socket.create_server(("::1", 0), family=socket.AF_INET6, backlog=128) as listener:
        document = probe.measure({**ORDER, "targets": [f"[::1]:{listener.getsockname()[1]}"]})
    assert min(document["outcomes"][0]) >= 0, document


@pytest.mark.parametrize(
    ("target", "parsed"),
    [
        ("203.0.113.2", ("203.0.113.2", None)),
        ("203.0.113.2:80", ("203.0.113.2", 80)),
        ("2001:db8::2", ("2001:db8::2", None)),
        ("[2001:db8::2]:80", ("2001:db8::2", 80)),
    ],
)
def test_a_target_is_an_address_with_or_without_a_port(probe, target, parsed):
    assert probe.parse_target(target) == parsed


def test_an_echo_request_has_a_right_checksum(probe):
    words = struct.unpack("!4H", probe.echo_request("127.0.0.1", 0xBEEF, 0xFFFF))
    total = sum(words)
    assert (total & 0xFFFF) + (total >> 16) == 0xFFFF, "RFC 1071: the sum over everything is all ones"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"seconds": 301}, "301 seconds; at most 300"),
        ({"seconds": 0}, "0 seconds; at most 300"),
        ({"interval": 1}, "every 1 ms; at least 5 ms and at most 60000 ticks in all"),
        ({"targets": []}, "0 targets; 1 to 8"),
        ({"targets": ["127.0.0.1"] * 9}, "9 targets; 1 to 8"),
    ],
)
def test_an_order_out_of_bounds_is_refused(probe, change, reason):
    with pytest.raises(probe.OrderError, match=f"^{reason}$"):
        probe.check({**ORDER, **change})


@pytest.mark.parametrize(
    "target", ["example.org", "127.0.0.1:http", "; reboot", "[::1]", "::1]:80", "[127.0.0.1]:80", "fe80::1%eth0"]
)
def test_a_target_is_an_address_and_nothing_else(probe, target):
    with pytest.raises(probe.OrderError, match=r"^the order cannot be read: "):
        probe.check({**ORDER, "targets": [target]})


class _Console:
    """Collects what would be printed."""

    def __init__(self, monkeypatch, probe_watch):
        self.lines = []
        monkeypatch.setattr(probe_watch.console, "say", lambda _, line: self.lines.append(line))

    def kinds(self):
        return [frame["kind"] for frame in frames.find("VIPSTACK-PROBE", "\n".join(self.lines))]


@pytest.fixture
def said(monkeypatch, probe_watch):
    return _Console(monkeypatch, probe_watch)


def test_an_order_is_carried_out_once_and_its_record_printed(monkeypatch, probe_watch, said):
    monkeypatch.setattr(probe_watch, "read_order", lambda: json.dumps(ORDER))
    watch = probe_watch.Watch()
    for _ in range(3):
        watch.look()
    assert said.kinds() == ["started", "header", "part"]


def test_the_record_is_printed_again_until_the_order_is_withdrawn(monkeypatch, probe_watch, said):
    orders = [json.dumps(ORDER)] * 2 + [None] * 2
    monkeypatch.setattr(probe_watch, "read_order", lambda: orders.pop(0))
    monkeypatch.setattr(probe_watch, "AGAIN_AFTER", 0)
    watch = probe_watch.Watch()
    for _ in range(4):
        watch.look()
    assert said.kinds() == ["started", *["header", "part"] * 2]


def test_a_refused_order_is_said_with_its_reason(monkeypatch, probe_watch, said):
    monkeypatch.setattr(probe_watch, "read_order", lambda: json.dumps({**ORDER, "seconds": 9999}))
    probe_watch.Watch().look()
    (frame,) = frames.find("VIPSTACK-PROBE", "\n".join(said.lines))
    assert (frame["kind"], frame["reason"]) == ("refused", "9999 seconds; at most 300")


def test_a_metadata_service_that_does_not_answer_is_said_once(monkeypatch, probe_watch, said):
    def silent():
        raise probe_watch.MetadataError("no route to host")

    monkeypatch.setattr(probe_watch, "read_order", silent)
    watch = probe_watch.Watch()
    pauses = [watch.look() for _ in range(10)]
    assert said.kinds() == ["trouble"]
    assert pauses[-1] > pauses[0], "a guest without a metadata service need not ask every two seconds"
