"""A pair that shares a virtual IP of each family under one virtual router ID, in network namespaces, at 1 s.

What it decides: that Debian's keepalived takes the rendered file, that both virtual IPs fail over within the promise,
with their own virtual MACs, that a stale master is told of the other and delivered to again however late it returns,
and that a virtual MAC's interface takes no router advertisements. What it cannot: address pairs, a cloud's switches,
guests (tests/lab). Price: two minutes, and root.
"""

import json
import os
import sys
import time

import pytest
from tests.drill.probing import recorded
from tests.drill.rendered import PORT, ROOT, Rendered
from tests.waiting import until

from components.config.load import load_file
from components.plan.stack import plan_stack
from drill.timeline import Verdict, Window, judge

STACK = ROOT / "tests/golden/stacks/Pulumi.vrrp-both-families.yaml"
FOUR, SIX = "10.200.52.10", "fd00:52::a"
TARGETS = (f"{FOUR}:{PORT}", FOUR, f"[{SIX}]:{PORT}", SIX)
MACS = {FOUR: "00:00:5e:00:01:01", SIX: "00:00:5e:00:02:01"}
LEAD, HOLD = 3.0, 6.0
# A new master announces itself once more 1 s after it became one; then it has no such reason left.
SETTLED = 2.0
# A kernel that asks for a neighbour once, for two seconds (arp(7)).
GIVES_UP = ("mcast_solicit=1", "retrans_time_ms=2000")
# Within so many seconds after the takeover the first returns, and after so many a kernel would of itself have given up.
LATE, PATIENT = 14.0, 6.0

# A router's advertisement of a prefix of which hosts make addresses (RFC 4861, 4.2 and 4.6.2).
ADVERTISE = """
import socket, struct
with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as router:
    router.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    prefix = struct.pack("!BBBBIII", 3, 4, 64, 0xC0, 86400, 14400, 0) + socket.inet_pton(socket.AF_INET6, "fd00:99::")
    said = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + prefix
    router.sendto(said, ("ff02::1", 0, 0, socket.if_nametoindex("eth0")))
"""

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces are made by root"),
    pytest.mark.timeout(300),
]


def planned():
    return plan_stack("s", load_file(STACK))


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    made = Rendered(tmp_path_factory.mktemp("pair"), planned())
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def master(pair):
    return pair.wait_for_one_master(FOUR, SIX)


def neighbours(pair):
    """The client's neighbour entries for the virtual IPs, once they have been used."""
    for address in MACS:
        pair.run("client", ["ping", "-c", "1", "-W", "5", address])
    shown = (json.loads(pair.ip("client", f"-json neighbour show {address}")) for address in MACS)
    return {entry["dst"]: entry["lladdr"] for found in shown for entry in found}


def test_each_family_answers_with_its_own_virtual_mac(pair, master):
    del master
    assert neighbours(pair) == MACS


def test_a_crash_is_over_within_the_promise_over_both_families(pair, master):
    bound = pair.plan.instances[0].bound
    probe = pair.probe(LEAD + HOLD + 4, *TARGETS)
    time.sleep(LEAD)
    broke = time.time()
    pair.freeze(master, frozen=True)
    pair.cut(master, "ha-lab")
    time.sleep(HOLD)
    mended = time.time()
    pair.mend(master, "ha-lab")
    pair.freeze(master, frozen=False)
    record = recorded(probe)
    judgement = judge(record, Window(broke, mended), dict.fromkeys(TARGETS, bound.crash), at_least=1.0)
    assert judgement.verdict is Verdict.KEPT, judgement.reasons
    assert all(target.failover for target in judgement.targets), "every target was away, so each was measured"
    assert neighbours(pair) == MACS, "the neighbours' entries stay right: that is what a virtual MAC is for"


def away_at_a_late_return(pair, *, gives_up):
    """The judgement of the first director's return, so late that the second's kernel no longer knows where it is.

    The first has the higher priority and takes the virtual IPs back, but hears of no other master, and so has no
    reason to announce itself, until the second's last advert is there. ``gives_up``: the kernel soon drops what waits
    for the first's answer, as it does of itself (RFC 4861, 7.3.3; arp(7), mcast_solicit), that advert too.
    """
    first, second = pair.directors
    until(lambda: all(pair.holders(address) == [first] for address in MACS), "the first is master", seconds=30)
    time.sleep(SETTLED)
    for setting in GIVES_UP if gives_up else ():
        pair.run(second, ["sysctl", "-q", "-w", f"net.ipv4.neigh.eth0.{setting}", f"net.ipv6.neigh.eth0.{setting}"])
    # Else it may ask for the second when it returns, which tells the second where it is.
    for address in pair.entries(first, second):
        pair.ip(first, f"neighbour change {address} dev eth0 nud reachable")
    pair.freeze(first, frozen=True)
    pair.cut(first, "ha-lab")
    until(lambda: all(second in pair.holders(address) for address in MACS), "the second took over", seconds=10)
    probe = pair.probe(LATE + HOLD, *TARGETS)
    time.sleep(LEAD)
    # What the kernel does some ten to fifty seconds after it last heard of the first.
    for address in pair.own_addresses(first):
        pair.ip(second, f"neighbour flush to {address} dev eth0")
    until(lambda: pair.unanswered(second, first), "the second asks where the first is", seconds=LATE)
    if not gives_up:
        time.sleep(PATIENT)
        assert len(pair.unanswered(second, first)) == len(MACS), "it still asks, over both families"
    returned = time.time()
    pair.mend(first, "ha-lab")
    pair.freeze(first, frozen=False)
    record = recorded(probe, LATE + HOLD + 10)
    promise = pair.plan.instances[0].bound.crash
    return judge(record, Window(returned, returned + HOLD), dict.fromkeys(TARGETS, promise))


@pytest.fixture
def terse(tmp_path):
    """A pair whose master announces itself when it became one or was told of another, and at no other time.

    The first becomes master whichever starts first.
    """

    def edit(text):
        return text.replace("master_refresh 12", "master_refresh 0").replace("    nopreempt\n", "")

    made = Rendered(tmp_path, planned(), edit=edit)
    try:
        yield made
    finally:
        made.close()


def test_a_late_return_is_told_of_the_other_and_heals_within_the_promise(terse):
    judgement = away_at_a_late_return(terse, gives_up=False)
    assert judgement.verdict is Verdict.KEPT, judgement.reasons


def test_with_a_kernel_that_gives_up_asking_it_would_not(terse):
    """The control: the switch goes on delivering to the second, which has given the virtual IPs away."""
    judgement = away_at_a_late_return(terse, gives_up=True)
    assert judgement.verdict is Verdict.BROKEN, "the virtual IPs stay away until the neighbours' own entries run out"


def made_of_the_virtual_mac(pair):
    """The addresses that an advertised prefix left on the directors' virtual MAC interfaces, and their routes."""
    pair.run("client", [sys.executable, "-c", ADVERTISE])
    time.sleep(1)
    looks = ("address", "route")
    shown = [pair.ip(director, f"-6 {look} show dev vrrp6.1") for director in pair.directors for look in looks]
    assert any("fd00:99:" in pair.ip(name, "-6 address show dev eth0") for name in pair.directors), "it was heard"
    return [line for text in shown for line in text.splitlines() if "fd00:99:" in line or line.startswith("default")]


def test_a_virtual_macs_interface_takes_no_router_advertisement(pair, master):
    del master
    assert made_of_the_virtual_mac(pair) == []


def test_without_the_setting_even_a_backup_would_speak_with_the_virtual_mac(pair, master):
    del master
    for director in pair.directors:
        pair.run(director, ["sysctl", "-qw", "net/ipv6/conf/vrrp6.1/accept_ra=1"])
    assert len(made_of_the_virtual_mac(pair)) >= 2 * len(pair.directors), "an address and a route on each"
