"""A gateway of both families whose master dies: real keepalived, conntrackd and nft in namespaces, adverts each 0.5 s.

Decides that the directors forward IPv6 as they do IPv4: over which route, who gets in, that path MTU discovery works,
as whom the inside is seen with and without source NAT, and that connections of both families outlive the master within
its promise; one that the other director was not told of does not. What is IPv4's alone is test_gateway_pair.py's.
Cannot decide IPVS, a cloud's router, guests. Price: 20 seconds, root and the package keepalived.
"""

import math
import os
import sys
import time
from collections.abc import Iterator

import pytest
from tests.daemons.tools import Tools
from tests.drill.gateway_pair import INSIDE6, OUTSIDE, OUTSIDE6, GatewayPair
from tests.drill.probing import recorded
from tests.drill.rendered import ROOT
from tests.drill.streams import Stream, start_server

from components.config.load import load_file
from components.config.stack_secrets import NO_SECRETS
from components.plan.stack import StackPlan, assumed_addresses, plan_stack
from components.rendering.guest_files import guest_files
from drill.timeline import outage

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces are made by root"),
    pytest.mark.timeout(300),
]

STACK = ROOT / "tests/golden/stacks/Pulumi.gateway-both-families.yaml"
VIRTUAL_IPS = ("192.168.122.140", "10.0.0.1", "2001:db8:122::140", "2001:db8:a::1")
OUTSIDE6_VIP = VIRTUAL_IPS[2]
# A network beyond the outside one, over a link that carries the least that IPv6 allows (RFC 8200, 5).
NARROW, BEYOND = "2001:db8:20::1", "2001:db8:20::2"


def planned(*, snat: bool = False) -> StackPlan:
    """The golden's stack less what needs IPVS; ``snat`` translates IPv6 too."""
    config = load_file(STACK)
    assert config.gateway
    assert config.gateway.ipv6
    ipv6 = config.gateway.ipv6.model_copy(update={"snat": snat})
    changes = {
        "gateway": config.gateway.model_copy(update={"ipv6": ipv6}),
        "vrrp": config.vrrp.model_copy(update={"advert_interval": 0.5}),
    }
    return plan_stack("s", config.model_copy(update={**changes, "services": {}, "real_servers": None}))


@pytest.fixture(scope="module")
def pair(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayPair]:
    made = GatewayPair(tmp_path_factory.mktemp("gateway"), tools, made=planned())
    try:
        for address in (OUTSIDE, OUTSIDE6):
            start_server(made, address)
        made.ip("client", "link add narrow mtu 1280 type veth peer name narrow-end")
        for command in (f"-6 address add {NARROW}/64 dev narrow nodad", "link set narrow up", "link set narrow-end up"):
            made.ip("client", command)
        made.run("client", ["sysctl", "-qw", "net.ipv6.conf.all.forwarding=1"])
        yield made
    finally:
        made.close()


@pytest.fixture
def master(pair: GatewayPair) -> str:
    return pair.wait_for_one_master(*VIRTUAL_IPS, deadline=60)


def opened(pair: GatewayPair, name: str, address: str) -> Stream:
    stream = Stream(pair, name, address)
    assert stream.goes_on(0, 20), f"the inside reaches {address} through the gateway"
    return stream


def other(pair: GatewayPair, director: str) -> str:
    return next(name for name in pair.directors if name != director)


def filter_as(pair: GatewayPair, made: StackPlan) -> None:
    """Take a plan's ruleset into use on both directors."""
    addresses = assumed_addresses(made)
    for host in made.hosts:
        if host.key in pair.directors:
            rules = guest_files(made, host, addresses, NO_SECRETS)["/etc/nftables.conf"]
            for network, nic in pair.nics.items():
                rules = rules.replace(f"@nic:{network}@", nic)
            file = pair.folder / host.key / "ruleset"
            file.write_text(rules)
            pair.tool(host.key, "nft", "-f", str(file))


def known(pair: GatewayPair, director: str, port: str) -> str:
    """What a director's kernel knows of a connection to the outside, by its source port."""
    return pair.tool(director, "conntrack", "-L", "-f", "ipv6", "-p", "tcp", "--orig-src", INSIDE6, "--sport", port)


def port_of(pair: GatewayPair, director: str, before: str) -> str:
    """The source port of the connection that a director knows besides those of before."""
    table = pair.tool(director, "conntrack", "-L", "-f", "ipv6", "-p", "tcp", "--orig-src", INSIDE6)
    ports = [
        word.removeprefix("sport=") for word in table.split() if word.startswith("sport=") and word != "sport=5000"
    ]
    return next(port for port in dict.fromkeys(ports) if port not in before.split())


def test_a_directors_own_way_out_is_the_outside_gateway_whatever_it_was_told(pair: GatewayPair, master: str) -> None:
    del master
    for director in pair.directors:
        told = pair.ip(director, "-6 route show default")
        assert all(f"dev {nic}" in told for nic in pair.nics.values()), "or there is no choice to be made"
        for address in (OUTSIDE6, "fd00:99::1"):
            assert "via 2001:db8:122::1 dev eth0" in pair.ip(director, f"-6 route get {address}")


def test_a_nic_that_was_down_finds_its_way_out_again(pair: GatewayPair, master: str) -> None:
    """It loses its routes and addresses; keepalived restores the routes before anybody restores an address."""
    spare = other(pair, master)
    own = pair.ip(spare, "-br -6 address show dev eth0 scope global").split()[2]
    pair.ip(spare, "link set eth0 down")
    assert "::/1" not in pair.ip(spare, "-6 route show"), "the kernel has taken them"
    pair.ip(spare, "link set eth0 up")
    # What the guest's own network service brings back.
    pair.ip(spare, f"-6 address add {own} dev eth0 nodad")
    pair.ip(spare, "route add default via 192.168.122.1")
    end = time.monotonic() + 10
    while "via 2001:db8:122::1 dev eth0" not in (seen := pair.ip(spare, f"-6 route get {OUTSIDE6}")):
        assert time.monotonic() < end, seen
        time.sleep(0.1)
    assert all(half in pair.ip(spare, "-6 route show") for half in ("\n::/1", "8000::/1"))


def test_the_virtual_macs_of_ipv6_answer_inside_and_outside(pair: GatewayPair, master: str) -> None:
    del master
    for name, address, mac in (("inside", VIRTUAL_IPS[3], "02:34"), ("client", OUTSIDE6_VIP, "02:33")):
        pair.run(name, ["ping", "-c", "1", "-W", "5", address])
        assert f"lladdr 00:00:5e:00:{mac}" in pair.ip(name, f"neighbour show {address}")


def test_a_packet_that_is_too_big_beyond_the_gateway_is_told_inside(pair: GatewayPair, master: str) -> None:
    del master
    command = f"ping -6 -M do -s 1400 -c 2 -i 0.2 -W 1 {BEYOND} || true"
    assert "mtu=1280" in pair.run("inside", ["sh", "-c", command]).replace("mtu 1280", "mtu=1280")


def test_outside_opens_over_ipv6_what_was_let_in_and_nothing_else(pair: GatewayPair, master: str) -> None:
    del master
    pair.run("client", ["ping", "-c", "1", "-W", "5", INSIDE6])
    pair.start("listener", "inside", [sys.executable, "-m", "http.server", "--bind", "::", "8000"])
    look = [sys.executable, "-c", "import socket, sys; socket.create_connection((sys.argv[1], 8000), 1)", INSIDE6]
    end = time.monotonic() + 10
    while pair.start("near", "inside", look).wait() != 0:
        assert time.monotonic() < end, "it listens"
    assert pair.start("far", "client", look).wait() != 0, "the gateway is a filter"


def test_connections_of_both_families_outlive_the_master_within_its_promise(pair: GatewayPair, master: str) -> None:
    spare = other(pair, master)
    filter_as(pair, planned(snat=True))
    translated = opened(pair, "translated", OUTSIDE6)
    first = port_of(pair, master, "")
    filter_as(pair, pair.plan)
    routed, four = opened(pair, "routed", OUTSIDE6), opened(pair, "four", OUTSIDE)
    second = port_of(pair, master, first)
    forgotten = opened(pair, "forgotten", OUTSIDE6)
    third = port_of(pair, master, f"{first} {second}")
    assert (translated.lines()[0], routed.lines()[0]) == (OUTSIDE6_VIP, INSIDE6), "as whom the inside is seen"
    end = time.monotonic() + 15
    while not all(known(pair, spare, port) for port in (first, second, third)):
        assert time.monotonic() < end, "the other director is told of each"
    # The control: of this one the other director knows nothing when it takes over.
    pair.tool(spare, "conntrack", "-D", "-f", "ipv6", "-p", "tcp", "--orig-src", INSIDE6, "--sport", third)

    promise = pair.plan.instances[0].bound.crash
    targets = (OUTSIDE6_VIP, INSIDE6, VIRTUAL_IPS[0])
    probe = pair.probe(promise + 2, *targets)
    time.sleep(0.5)
    pair.silence(master, silent=True)
    try:
        record = recorded(probe, 60)
        now = time.time()
        for stream in (translated, routed, four):
            assert stream.goes_on(now, 15), f"{stream.log.name}: the other director goes on with what it was told of"
        assert spare in pair.holders(OUTSIDE6_VIP)
        assert not forgotten.goes_on(now, 0), "else this shows nothing of what conntrackd is for"
    finally:
        pair.silence(master, silent=False)
    away = {target: outage(record, number, 0, math.inf) for number, target in enumerate(targets)}
    assert all(away.values()), "each was away, so each was measured"
    assert {target: seen.duration for target, seen in away.items() if seen and seen.duration > promise} == {}
