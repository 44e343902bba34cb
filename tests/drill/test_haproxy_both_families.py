"""HAProxy and keepalived with the rendered files of ``Pulumi.haproxy-both-families.yaml``, in network namespaces.

What it decides: that a client of either family is served at the virtual IP of its own, before and after a crash within
the promise, by real servers that are asked over either; that a sticky client of IPv6 keeps its server; that proxies
may tell of such clients; and that firewalld's filter of reverse paths would cut a virtual MAC off. What it cannot:
guests, firewalld itself, a cloud's switches. Price: half a minute, and root.
"""

import sys
import time

import pytest
from tests.drill.balanced import WEB_SERVERS, Balanced
from tests.drill.probing import recorded
from tests.drill.rendered import ROOT

from components.config.load import load_file
from components.plan.stack import plan_stack
from drill.timeline import Verdict, Window, judge

STACK = ROOT / "tests/golden/stacks/Pulumi.haproxy-both-families.yaml"
FOUR, SIX = "203.0.113.2", "2001:db8:51::2"
CLIENTS = {FOUR: "203.0.113.1", SIX: "2001:db8:51::1"}
OWN = {"lb-1": ("203.0.113.3", "2001:db8:51::3"), "lb-2": ("203.0.113.6", "2001:db8:51::6")}
STICKY, PROXIED, STATISTICS = 8080, 8081, 8404
LEAD, HOLD, AFTER = 3.0, 4.5, 2.0

_READ = "import sys, urllib.request\nprint(urllib.request.urlopen(sys.argv[1], timeout=3).status)"

# What firewalld does to IPv6 unless told otherwise (nftables.py of firewalld 1.3, build_rpfilter_rules).
REVERSE_PATHS = """
table inet reverse {
    chain paths {
        type filter hook prerouting priority filter;
        icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
        meta nfproto ipv6 fib saddr . mark . iif oif missing drop
    }
}
"""

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    made = Balanced(tmp_path_factory.mktemp("balanced"), plan_stack("haproxy-both-families", load_file(STACK)))
    try:
        made.wait_for_one_master(*CLIENTS)
        yield made
    finally:
        made.close()


@pytest.fixture
def master(pair):
    held = [pair.holders(address) for address in CLIENTS]
    settled = held[0] == held[1] and len(held[0]) == 1
    return held[0][0] if settled else pair.wait_for_one_master(*CLIENTS)


def answers(pair, address, port=80, **more):
    """What the web servers say: their name, the client's address by the header and by the PROXY protocol, who asked."""
    return [answer.split() for answer in pair.ask(address, port, **more)]


@pytest.mark.parametrize("address", CLIENTS)
def test_a_client_of_either_family_is_served_and_named(pair, master, address):
    heard = answers(pair, address, seconds=0.5)
    assert {answer[0] for answer in heard} == set(WEB_SERVERS), "both serve"
    assert {answer[1] for answer in heard} == {CLIENTS[address]}
    assert {answer[3] for answer in heard} == {OWN[master][1]}, "asked by IPv6, from the director's own address"


def test_a_backend_may_ask_by_ipv4_whatever_its_clients_came_by(pair, master):
    heard = answers(pair, SIX, STICKY)
    assert [answer[3] for answer in heard] == [OWN[master][0]], "the real servers let in no other address"


def test_both_directors_serve_on_their_own_addresses_too(pair, master):
    del master
    for addresses in OWN.values():
        for address in addresses:
            assert answers(pair, address)[0][0] in WEB_SERVERS
            where = f"[{address}]" if ":" in address else address
            page = f"http://{where}:{STATISTICS}/stats"
            read = pair.run("client", [sys.executable, "-c", _READ, page])
            assert read.strip() == "200", "who is in allow-from reads the page, by either family"


def test_a_backup_listens_on_an_address_of_ipv6_that_it_does_not_have(pair, master):
    [backup] = set(pair.directors) - {master}
    assert SIX not in pair.ip(backup, "-6 address show")
    assert f"[{SIX}]:80 " in pair.run(backup, ["ss", "-Hltn"])


def test_a_proxy_of_ipv6_says_who_the_client_is(pair, master):
    del master
    greeting = f"PROXY TCP6 2001:db8:77::7 {SIX} 4000 {PROXIED}\\r\\n"
    assert answers(pair, SIX, PROXIED, greeting=greeting)[0][1:3] == ["2001:db8:77::7", "v2/2001:db8:77::7"]
    assert pair.ask(SIX, PROXIED) == ["lost"], "who may speak it must, or a client could claim to be another"


def test_a_crash_is_over_within_the_promise_and_a_client_of_ipv6_keeps_its_server(pair, master):
    [backup] = set(pair.directors) - {master}
    server = {address: answers(pair, address, STICKY)[0][0] for address in CLIENTS}
    for key in (f"key={CLIENTS[SIX]} ", f"key=::ffff:{CLIENTS[FOUR]} "):
        assert key in pair.tell(backup, "show table sessions"), "one table for both, and the peer has it"
    targets = (f"{FOUR}:80", f"[{SIX}]:80")
    probe = pair.probe(LEAD + HOLD + AFTER, *targets)
    time.sleep(LEAD)
    broke = time.time()
    pair.freeze(master, frozen=True)
    pair.cut(master, "web")
    time.sleep(HOLD)
    judged = Window(broke, time.time())
    served = {address: answers(pair, address, STICKY)[0][0] for address in CLIENTS}
    asked = {answer[3] for answer in answers(pair, SIX)}
    record = recorded(probe)
    pair.mend(master, "web")
    pair.freeze(master, frozen=False)
    judgement = judge(record, judged, dict.fromkeys(targets, pair.plan.instances[0].bound.crash), at_least=1.0)
    assert judgement.verdict is Verdict.KEPT, judgement.reasons
    assert all(target.failover for target in judgement.targets), "both were away, so each was measured"
    assert asked == {OWN[backup][1]}, "it is the other director that serves"
    assert served == server, "the table came with the peers"


def test_with_firewallds_filter_of_reverse_paths_the_virtual_mac_would_be_cut_off(pair, tmp_path):
    """Why ``firewalld.conf`` says IPv6_rpfilter=no: the control of the stack that has it."""
    master = pair.wait_for_one_master(FOUR, SIX)
    (tmp_path / "reverse").write_text(REVERSE_PATHS)
    pair.run(master, ["nft", "-f", str(tmp_path / "reverse")])
    try:
        assert pair.ask(SIX) == ["lost"]
        assert pair.ask(OWN[master][1]) != ["lost"], "what comes in by the NIC goes back by it"
        assert pair.ask(FOUR) != ["lost"], "of IPv4 the kernel's own filter is loose"
    finally:
        pair.run(master, ["nft", "delete table inet reverse"])
