"""A stack's own keepalived configuration in network namespaces: adverts over a network of their own, at 0.1 s.

What it decides: that the rendered file does what it promises with Debian's keepalived: who speaks where, which link
takes the virtual IPs along, how long a failover takes, and what a stale master's return costs. What it cannot: guests,
address pairs, a cloud's switches (tests/lab). Price: two and a half minutes, and root.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
from tests.drill.probing import recorded
from tests.drill.rendered import PORT, ROOT, Rendered

from components.config.load import load_file
from components.config.vrrp import Timing
from components.plan.stack import plan_stack
from drill.adverts import command, goodbyes, parse
from drill.timeline import Verdict, Window, judge

STACK = ROOT / "tests/golden/stacks/Pulumi.peer-network.yaml"
PUBLIC, INTERNAL = "203.0.113.2", "10.0.0.1"
TARGETS = (f"{PUBLIC}:{PORT}", PUBLIC)
VIRTUAL_MAC = "00:00:5e:00:01:33"
# Longer than the clocks that the judgement allows for (drill/timeline.py).
LEAD, HOLD, AFTER = 3.0, 3.0, 3.0

# One frame of gratuitous ARP from the virtual MAC, as a new master sends it: a request that needs no answer.
GRATUITOUS = f"""
import socket
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
raw.bind(("eth0", 0x0806))
mac, vip = bytes.fromhex("{VIRTUAL_MAC.replace(":", "")}"), socket.inet_aton("{PUBLIC}")
raw.send(b"\\xff" * 6 + mac + bytes.fromhex("08060001080006040001") + mac + vip + b"\\xff" * 6 + vip)
"""

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces are made by root"),
    pytest.mark.timeout(300),
]


def planned(timing=Timing.FAST):
    """A director that returns leaves the virtual IPs where they are, so that each test breaks one thing."""
    config = load_file(STACK)
    vrrp = config.vrrp.model_copy(update={"preempt": False, "preempt_delay": None, "timing": timing})
    return plan_stack("s", config.model_copy(update={"vrrp": vrrp}))


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    made = Rendered(tmp_path_factory.mktemp("pair"), planned())
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def master(pair):
    return pair.wait_for_one_master(PUBLIC, INTERNAL)


def drill(pair, breaks, mends, after=AFTER):
    """The record of a run, and when it was broken and mended."""
    probe = pair.probe(LEAD + HOLD + after, *TARGETS)
    time.sleep(LEAD)
    broke = time.time()
    breaks()
    time.sleep(HOLD)
    mended = time.time()
    mends()
    record = recorded(probe)
    return record, Window(broke, mended)


def kept(record, window, promise, at_least=0.0):
    judgement = judge(record, window, dict.fromkeys(record.targets, promise), at_least)
    assert judgement.verdict is Verdict.KEPT, judgement.reasons


def captured(pair, network, seconds):
    """What a capture on a network's bridge shows."""
    words = ["timeout", str(seconds), *command(network)]
    capture = pair.start("capture", "switch", words, output=subprocess.PIPE)
    return parse(capture.communicate(timeout=seconds + 10)[0].decode())


def test_adverts_travel_over_the_peers_network_and_over_no_other(pair, master):
    del master
    assert {advert.virtual_router_id for advert in captured(pair, "sync", 2)} == {51, 52}
    assert captured(pair, "public", 2) == (), "nobody there is to hear them"


def test_the_virtual_mac_is_on_the_virtual_ips_network(pair, master):
    for network, interface in (("public", "vrrp.51"), ("internal", "vrrp.52")):
        (link,) = json.loads(pair.ip(master, f"-json link show dev {interface}"))
        assert link["link"] == pair.nics[network], "a macvlan elsewhere answers nobody"
    pair.run("client", ["ping", "-c", "1", "-W", "5", PUBLIC])
    assert VIRTUAL_MAC in pair.ip("client", f"neighbour show {PUBLIC}")


def test_a_crash_is_over_within_the_promise(pair, master):
    bound = pair.plan.instances[0].bound
    networks = tuple(pair.nics)

    def breaks():
        pair.cut(master, *networks)
        pair.freeze(master, frozen=True)

    def mends():
        pair.mend(master, *networks)
        pair.freeze(master, frozen=False)

    record, window = drill(pair, breaks, mends)
    kept(record, window, bound.crash, at_least=pair.plan.instances[0].advert_interval)
    assert bound.crash < 1, "the profile is called fast"


def test_a_clean_stop_says_goodbye_and_takes_no_more_than_promised(pair, master):
    capture = pair.start("capture", "switch", command("sync"), output=subprocess.PIPE)
    # The daemon itself stays down until the end, so that nobody else says goodbye.
    record, window = drill(pair, pair.processes[master].terminate, lambda: None)
    capture.terminate()
    said = goodbyes(parse(capture.communicate(timeout=10)[0].decode()))
    pair.start_keepalived(master)
    kept(record, window, pair.plan.instances[0].bound.clean_stop)
    assert {advert.virtual_router_id for advert in said} == {51, 52}


@pytest.mark.parametrize("network", ["public", "sync", "internal"])
def test_each_link_takes_all_instances_along(pair, master, network):
    """Off the virtual IPs' networks a master can still say goodbye, on the peers'; off the peers' it cannot."""
    bound = pair.plan.instances[0].bound
    moved: list[str] = []

    def mends():
        moved.append(pair.wait_for_one_master(PUBLIC, INTERNAL))
        pair.mend(master, network)

    record, window = drill(pair, lambda: pair.link_down(master, network), mends)
    kept(record, window, bound.crash if network == "sync" else bound.clean_stop)
    assert moved == [other for other in pair.directors if other != master], "one link takes both virtual IPs along"


@pytest.mark.parametrize("stale", ["director-1", "director-2"])
def test_a_stale_masters_return_costs_a_moment(pair, master, stale):
    """The first has the higher priority and takes its virtual IPs back; the second gives way."""
    if master != stale:
        pair.link_down(master, "sync")
        assert pair.wait_for_one_master(PUBLIC, INTERNAL) == stale
        pair.mend(master, "sync")
        assert pair.wait_for_one_master(PUBLIC, INTERNAL) == stale, "nopreempt"
    pair.freeze(stale, frozen=True)
    pair.cut(stale, *pair.nics)
    other = next(director for director in pair.directors if director != stale)
    end = time.monotonic() + 5
    while other not in pair.holders(PUBLIC):
        assert time.monotonic() < end, "nobody took over"
        time.sleep(0.1)

    def returns():
        pair.mend(stale, *pair.nics)
        pair.freeze(stale, frozen=False)

    record, window = drill(pair, returns, lambda: None)
    kept(record, window, 0.5)


def answers(pair, holder):
    """How often a holder answers a gratuitous ARP that comes from its own virtual MAC."""
    tcpdump = ["tcpdump", "-Z", "root", "-Q", "in", "-i", f"{holder}-pub", "-l", "-nn"]
    words = ["timeout", "3", *tcpdump, "arp", "and", "arp[6:2]=2"]
    capture = pair.start("capture", "switch", words, output=subprocess.PIPE)
    time.sleep(1)
    pair.run("client", [sys.executable, "-c", GRATUITOUS])
    heard = capture.communicate(timeout=10)[0].decode()
    return len(re.findall(rf"Reply {re.escape(PUBLIC)} is-at {VIRTUAL_MAC}", heard))


def test_an_old_master_does_not_take_the_virtual_mac_back_by_an_answer(pair, master):
    setting = "net.ipv4.conf.vrrp/51.drop_gratuitous_arp"
    assert answers(pair, master) == 0, "the network would deliver to it again, until the new master repeats itself"
    pair.run(master, ["sysctl", "-q", "-w", f"{setting}=0"])
    try:
        assert answers(pair, master) == 1, "the control: without the setting the kernel answers"
    finally:
        pair.run(master, ["sysctl", "-q", "-w", f"{setting}=1"])


def test_adverts_do_not_find_the_peers_network_by_their_addresses(tmp_path):
    """The control, as a source's author had it: the virtual IPs' NIC as interface, the peers' network's addresses."""

    def as_the_author_had_it(text: str) -> str:
        for number, nic in ((51, "eth0"), (52, "eth2")):
            wrong = f"interface {nic}\n    use_vmac vrrp.{number}\n    vmac_xmit_base\n    virtual_router_id {number}\n"
            text = text.replace(f"interface eth1\n    virtual_router_id {number}\n", wrong)
        return re.sub(r" dev eth\d use_vmac", "", text)

    wrong = Rendered(tmp_path, planned(), as_the_author_had_it)
    try:
        end = time.monotonic() + 10
        while not any(wrong.holders(PUBLIC)):
            assert time.monotonic() < end, "keepalived is not up, and its silence would prove nothing"
            time.sleep(0.1)
        assert captured(wrong, "sync", 3) == (), "they leave by the interface, whatever their addresses say"
    finally:
        wrong.close()


def test_a_reload_moves_and_loses_nothing(tmp_path):
    """At a second: real-time priority, which the fast profile sets, outlives a reload with CAP_SYS_RESOURCE only."""
    slow = Rendered(tmp_path, planned(Timing.STANDARD))
    try:
        master = slow.wait_for_one_master(PUBLIC, INTERNAL)
        record, _ = drill(slow, lambda: slow.processes[master].send_signal(signal.SIGHUP), lambda: None)
        judgement = judge(record, None, dict.fromkeys(record.targets, 0.5))
        assert judgement.verdict is Verdict.KEPT, judgement.reasons
        assert slow.wait_for_one_master(PUBLIC, INTERNAL) == master, "each change of the stack file is taken in so"
    finally:
        slow.close()


def test_a_director_that_preempts_waits_its_delay_and_costs_a_moment(tmp_path):
    """The stack file as it stands: the first director comes back, waits 2.5 s and takes its virtual IPs."""
    preempting = Rendered(tmp_path, plan_stack("s", load_file(STACK)))
    try:
        first = preempting.directors[0]
        preempting.wait_for_one_master(PUBLIC, INTERNAL)
        preempting.processes[first].terminate()
        preempting.processes[first].wait(10)
        assert preempting.wait_for_one_master(PUBLIC, INTERNAL) != first
        back: list[float] = []

        def comes_back():
            begun = time.monotonic()
            preempting.start_keepalived(first)
            while first not in preempting.holders(PUBLIC):
                assert time.monotonic() - begun < 10, "it never took them back"
                time.sleep(0.05)
            back.append(time.monotonic() - begun)

        record, window = drill(preempting, comes_back, lambda: None, after=8)
        kept(record, window, 0.5)
        assert back[0] > 2.5, "health checks must have filled its table before"
        assert preempting.wait_for_one_master(PUBLIC, INTERNAL) == first
    finally:
        preempting.close()


def test_what_fails_half_way_leaves_no_namespace(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.drill.rendered.token_hex", lambda _: "halfway")

    def fails(_: str) -> str:
        raise ValueError("half-way")

    with pytest.raises(ValueError, match="half-way"):
        Rendered(tmp_path, planned(), fails)
    left = subprocess.run(["ip", "netns", "list"], check=True, capture_output=True, text=True).stdout
    assert "viprender-halfway" not in left
