"""A pair that shares a virtual IP of each family under one virtual router ID, in network namespaces, at 1 s.

What it decides: that Debian's keepalived takes the rendered file, that both virtual IPs fail over within the promise,
with their own virtual MACs, that a stale master which nobody corrects is delivered to again, and that a virtual MAC's
interface takes no router advertisements. What it cannot: address pairs, a cloud's switches, guests (tests/lab). Price:
a minute and a half, and root.
"""

import json
import os
import sys
import time

import pytest
from tests.drill.rendered import PORT, ROOT, Rendered
from tests.waiting import until

from components.config.load import load_file
from components.plan.stack import plan_stack
from drill.records import from_document
from drill.timeline import Verdict, Window, judge

STACK = ROOT / "tests/golden/stacks/Pulumi.vrrp-both-families.yaml"
FOUR, SIX = "10.200.52.10", "fd00:52::a"
TARGETS = (f"{FOUR}:{PORT}", FOUR, f"[{SIX}]:{PORT}", SIX)
MACS = {FOUR: "00:00:5e:00:01:01", SIX: "00:00:5e:00:02:01"}
LEAD, HOLD = 3.0, 6.0
# A new master announces itself once more 5 s after it became one; then it has no such reason left.
SETTLED = 6.0
# Nobody's: what is sent there is lost.
NOBODY = "02:00:00:00:00:99"

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
    return {address: pair.ip("client", f"neighbour show {address}").split()[4] for address in MACS}


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
    record = from_document(json.loads(probe.communicate(timeout=30)[0]))
    judgement = judge(record, Window(broke, mended), dict.fromkeys(TARGETS, bound.crash), at_least=1.0)
    assert judgement.verdict is Verdict.KEPT, judgement.reasons
    assert all(target.failover for target in judgement.targets), "every target was away, so each was measured"
    assert neighbours(pair) == MACS, "the neighbours' entries stay right: that is what a virtual MAC is for"


def away_at_an_uncorrected_return(pair):
    """The judgement of the first director's return, with what the second would tell it lost on the way.

    So it is when the kernel has given up asking where the returning peer is (RFC 4861, 7.3.3): the peer has the higher
    priority and takes the virtual IPs back, but hears of no other master and has no reason to announce itself.
    """
    pair.wait_for_one_master(FOUR, SIX)
    time.sleep(SETTLED)
    first, second = pair.directors
    pair.freeze(first, frozen=True)
    pair.cut(first, "ha-lab")
    until(lambda: all(second in pair.holders(address) for address in (FOUR, SIX)), "the second took over", seconds=10)
    own = [interface.split()[3].split("/")[0] for interface in pair.ip(first, "-o address show dev eth0").splitlines()]
    for address in own:
        pair.ip(second, f"neighbour replace {address} lladdr {NOBODY} nud permanent dev eth0")
    probe = pair.probe(LEAD + HOLD, *TARGETS)
    time.sleep(LEAD)
    returned = time.time()
    pair.mend(first, "ha-lab")
    pair.freeze(first, frozen=False)
    record = from_document(json.loads(probe.communicate(timeout=30)[0]))
    for address in own:
        pair.ip(second, f"neighbour delete {address} dev eth0")
    promise = pair.plan.instances[0].bound.crash
    return judge(record, Window(returned, returned + HOLD), dict.fromkeys(TARGETS, promise))


def test_a_return_that_nobody_corrects_heals_within_the_promise(pair, master):
    assert master == pair.directors[0], "the higher priority, which takes its virtual IPs back"
    judgement = away_at_an_uncorrected_return(pair)
    assert judgement.verdict is Verdict.KEPT, judgement.reasons


def test_without_the_announcement_of_every_second_it_would_not(tmp_path):
    """The control: the switch goes on delivering to the second, which has given the virtual IPs away."""
    silent = Rendered(tmp_path, planned(), edit=lambda text: text.replace("master_refresh 1", "master_refresh 0"))
    try:
        judgement = away_at_an_uncorrected_return(silent)
    finally:
        silent.close()
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
