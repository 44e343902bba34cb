"""Connections through a gateway of two directors, of which one dies: real keepalived, conntrackd and nft in namespaces.

Decides that the rendered files do together what they are for: who the inside is seen as, what comes in, that the other
director knows a connection and goes on with it, and that without conntrackd it would not. Cannot decide IPVS, a cloud's
ports and switches, guests (tests/lab). Price: two minutes, root and the package keepalived.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.daemons.tools import Tools
from tests.drill.gateway_pair import INSIDE, OUTSIDE, VIRTUAL_IPS, GatewayPair
from tests.drill.streams import Stream, start_server

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces are made by root"),
    pytest.mark.timeout(300),
]


def started(folder: Path, tools: Tools, *, told: bool) -> Iterator[GatewayPair]:
    pair = GatewayPair(folder, tools, told=told)
    try:
        start_server(pair, OUTSIDE)
        yield pair
    finally:
        pair.close()


@pytest.fixture(scope="module")
def pair(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayPair]:
    yield from started(tmp_path_factory.mktemp("gateway"), tools, told=True)


def opened(pair: GatewayPair, number: int) -> tuple[str, Stream]:
    """The director that has both virtual IPs, and a stream through it."""
    master = pair.wait_for_one_master(*VIRTUAL_IPS, deadline=60)
    stream = Stream(pair, str(number), OUTSIDE)
    assert stream.goes_on(0, 20), "the inside reaches the outside through the gateway"
    return master, stream


def other(pair: GatewayPair, director: str) -> str:
    return next(name for name in pair.directors if name != director)


def test_the_inside_is_seen_as_the_outside_virtual_ip(pair: GatewayPair) -> None:
    _, stream = opened(pair, 1)
    assert stream.lines()[0] == VIRTUAL_IPS[0]


def test_the_other_director_knows_the_connection(pair: GatewayPair) -> None:
    master, _ = opened(pair, 2)
    end = time.monotonic() + 15
    known = ""
    while f"dst={VIRTUAL_IPS[0]}" not in known and time.monotonic() < end:
        known = pair.tool(other(pair, master), "conntrack", "-L", "-p", "tcp", "--src", INSIDE)
    assert f"dst={VIRTUAL_IPS[0]}" in known, f"with its source as it was changed, else the answers go nowhere: {known}"


def test_outside_opens_nothing_that_was_not_let_in(pair: GatewayPair) -> None:
    pair.wait_for_one_master(*VIRTUAL_IPS, deadline=60)
    pair.start("listener-inside", "inside", [sys.executable, "-m", "http.server", "8000"])
    look = "import socket, sys; socket.create_connection((sys.argv[1], 8000), timeout=3)"
    for _ in range(20):  # until it listens
        if pair.start("near", "inside", [sys.executable, "-c", look, INSIDE]).wait() == 0:
            break
    assert pair.start("near", "inside", [sys.executable, "-c", look, INSIDE]).wait() == 0, "it listens"
    assert pair.start("far", "client", [sys.executable, "-c", look, INSIDE]).wait() != 0, "the gateway is a filter"


def test_a_connection_outlives_a_director_that_dies(pair: GatewayPair) -> None:
    master, stream = opened(pair, 3)
    pair.silence(master, silent=True)
    try:
        assert not stream.goes_on(time.time() + 0.5, 1.5), "the switches still deliver to the dead one"
        assert stream.goes_on(time.time(), 40), "the other director must go on with what it was told of"
        assert other(pair, master) in pair.holders(VIRTUAL_IPS[0])
    finally:
        pair.silence(master, silent=False)


def test_a_connection_outlives_a_clean_stop(pair: GatewayPair) -> None:
    master, stream = opened(pair, 4)
    pair.processes[master].terminate()
    try:
        assert pair.wait_for_one_master(*VIRTUAL_IPS, deadline=60) != master
        assert stream.goes_on(time.time(), 40)
    finally:
        pair.start_keepalived(master)


def test_a_lost_link_takes_both_virtual_ips_along(pair: GatewayPair) -> None:
    master, stream = opened(pair, 5)
    pair.link_down(master, "internal")
    try:
        assert pair.wait_for_one_master(*VIRTUAL_IPS, deadline=60) != master, "half a gateway is none"
        assert stream.goes_on(time.time(), 40)
    finally:
        pair.mend(master, "internal")


def test_without_conntrackd_a_connection_dies_with_its_director(tools: Tools, tmp_path: Path) -> None:
    for untold in started(tmp_path, tools, told=False):
        master, stream = opened(untold, 6)
        untold.silence(master, silent=True)
        try:
            untold_master = other(untold, master)
            end = time.monotonic() + 20
            while untold_master not in untold.holders(VIRTUAL_IPS[0]):
                assert time.monotonic() < end, "the other director takes over all the same"
                time.sleep(0.1)
            assert not stream.goes_on(time.time() + 1, 12), "else this shows nothing of what conntrackd is for"
        finally:
            untold.silence(master, silent=False)
