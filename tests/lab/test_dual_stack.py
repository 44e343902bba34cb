"""``dual-stack`` on real guests: direct routing over IPv6 beside IPv4, and VRRP alone with port security on.

Decides what IPv6 has of its own: that guests get their addresses, that neighbour discovery finds the virtual MAC and
nobody else, and that the address pairs are what lets it. In the order of an operator's day; each of the two is a stack.
What it cannot decide: a way out of the cloud over IPv6, since the lab's outside has IPv4 alone.
"""

import time

import pytest
from tests.lab.ahead import Wanted
from tests.waiting import last_seen

from lab import traffic
from lab.layout import IMAGE_BAKED
from lab.stacks import PROJECT

STACK = Wanted("dual-stack", IMAGE_BAKED)
ALONE = Wanted("vrrp-both-families", IMAGE_BAKED, PROJECT / "tests/golden/stacks/Pulumi.vrrp-both-families.yaml")
VMAC, VMAC_ALONE = "00:00:5e:00:02:33", "00:00:5e:00:02:01"
PAIRS_TAKE_EFFECT = 30  # seconds
BOTH = pytest.mark.parametrize("family", [4, 6])


@pytest.fixture(scope="module")
def dual(bring_up):
    """The stack as it is shipped, on guests that have their packages."""
    with bring_up(STACK) as stack:
        yield stack


def vip(stack, family: int) -> str:
    addresses = [entry["address"] for entry in stack.outputs["virtual-ips"].values()]
    return next(address for address in addresses if (":" in address) is (family == 6))


def own(stack, host: str, family: int) -> str:
    """The host's own address of a family."""
    key = "addresses" if family == 4 else "ipv6-addresses"
    return next(iter(stack.outputs["hosts"][host][key].values()))


def url(stack, family: int, path: str = "") -> str:
    return f"http://{vip(stack, family)}/{path}" if family == 4 else f"http://[{vip(stack, family)}]/{path}"


def holders(stack, family: int) -> list[str]:
    look = f"ip -o address show | grep -c -F ' {vip(stack, family)}/' || true"
    return [key for key in stack.keys("director") if int(stack.shell(key, look))]


def neighbour(stack, address: str) -> str:
    """The observer's neighbour entry, once it has been used."""
    return stack.shell("observer", f"ping -c 1 -W 2 {address} >/dev/null; ip neighbour show {address}")


def test_every_guest_has_its_address_of_ipv6(dual):
    for host in dual.outputs["hosts"]:
        shown = dual.shell(host, "ip -6 -o address show scope global")
        assert f" {own(dual, host, 6)}/64 " in shown, "cloud-init takes it from the server's network data"


@BOTH
def test_both_real_servers_answer(dual, family):
    answered = traffic.ask(dual.place("observer"), url(dual, family), times=8)
    assert set(answered) == {dual.server(host) for host in dual.keys("real-server")}, "both answer, nothing is lost"


def test_the_real_servers_log_the_clients_own_address_of_ipv6(dual):
    mark = f"/?six-{time.monotonic_ns()}"
    traffic.ask(dual.place("observer"), url(dual, 6, mark.lstrip("/")), times=4)
    seen = [traffic.clients_seen(dual.lab, dual.server(host), mark) for host in dual.keys("real-server")]
    assert seen == [{own(dual, "observer", 6)}] * 2


def test_eight_megabytes_come_down_and_go_up_over_ipv6(dual):
    assert traffic.download(dual.place("observer"), url(dual, 6, "8-megabytes")) == traffic.EIGHT_MEGABYTES
    assert traffic.upload(dual.place("observer"), url(dual, 6, "upload")) == traffic.EIGHT_MEGABYTES


def test_only_the_virtual_mac_answers_for_the_virtual_ip(dual):
    assert traffic.who_has(dual.place("observer"), vip(dual, 6)) == {VMAC}
    assert traffic.who_has(dual.place("observer"), vip(dual, 4)) == {"00:00:5e:00:01:33"}


def test_an_address_on_the_nic_would_be_answered_for(dual):
    talker = dual.keys("real-server")[0]
    nic = "$(ip -o route show default | sed 's/.* dev \\([^ ]*\\).*/\\1/;q')"
    dual.shell(talker, f"ip address add {vip(dual, 6)}/128 dev {nic} nodad")
    try:
        answered = traffic.who_has(dual.place("observer"), vip(dual, 6))
        assert next(iter(dual.outputs["hosts"][talker]["macs"].values())) in answered, (
            "the silence is the dummy's doing"
        )
    finally:
        dual.shell(talker, f"ip address delete {vip(dual, 6)}/128 dev {nic}")
    assert traffic.who_has(dual.place("observer"), vip(dual, 6)) == {VMAC}


def test_a_second_up_changes_nothing(dual):
    dual.stack.up("--expect-no-changes")


@pytest.mark.thorough
def test_a_crash_stays_within_its_promise_over_both_families(dual):
    before = neighbour(dual, vip(dual, 6))
    said = dual.drill("crash")

    assert f"[{vip(dual, 6)}]:80" in said, "the probe asked over IPv6 too"
    assert VMAC in before
    assert VMAC in neighbour(dual, vip(dual, 6)), "the neighbours' entries stay right: that is what the VMAC is for"
    assert len(holders(dual, 6)) == 1


def both_held_by(stack) -> list[list[str]]:
    """The directors that hold the virtual IP of IPv4, and those of IPv6."""
    return [holders(stack, family) for family in (4, 6)]


def quorums(stack, host: str) -> set[str]:
    """What a director's health checks told its VRRP instances, of all virtual servers: "1" is without real servers."""
    return set(stack.shell(host, "cat /run/vipstack-quorum-*").split())


def test_a_director_that_was_cut_off_returns_behind_the_one_that_has_its_real_servers(dual):
    first, second = dual.keys("director")
    if both_held_by(dual) != [[first]] * 2:  # of two that are master the higher priority stays it: the first's
        dual.shell(second, "systemctl restart keepalived")
    assert last_seen(lambda: both_held_by(dual), [[first]] * 2, seconds=30) == [[first]] * 2

    [port] = dual.cloud.network.ports(device_id=dual.outputs["hosts"][first]["server-id"])
    dual.cloud.network.update_port(port, admin_state_up=False)
    try:
        # Not mended before: a director that comes back before its checks have failed wins, and serves.
        assert last_seen(lambda: quorums(dual, first), {"1"}, seconds=60) == {"1"}
        assert both_held_by(dual) == [[first, second]] * 2, "cut off, it believes in itself"
        cut = dual.shell(second, "date +%s").strip()
    finally:
        dual.cloud.network.update_port(port, admin_state_up=True)

    answered = traffic.ask(dual.place("observer"), url(dual, 4), times=30)
    assert last_seen(lambda: both_held_by(dual), [[second]] * 2, seconds=60) == [[second]] * 2, "it must not win"
    said = dual.shell(second, f"journalctl -u keepalived --since @{cut}")
    assert "Entering BACKUP STATE" not in said, f"nobody was master for seconds:\n{said}"
    assert answered["lost"] <= 1, "what the returning one announced before it heard of the other costs half a second"
    assert last_seen(lambda: quorums(dual, first), {"0"}, seconds=60) == {"0"}, "it finds its real servers again"
    assert both_held_by(dual) == [[second]] * 2, "and stays behind them all the same: nobody preempts"


def test_destroy_leaves_nothing_of_the_stack(dual):
    dual.stack.destroy()
    assert dual.leftovers() == []


@pytest.fixture(scope="module")
def alone(bring_up):
    """VRRP alone, port security on, a virtual IP of each family."""
    with bring_up(ALONE) as stack:
        yield stack


def answers(stack) -> bool:
    command = f"ping -c 1 -W 1 {vip(stack, 6)} >/dev/null && echo yes || echo no"
    return stack.shell("observer", command).strip() == "yes"


@pytest.mark.thorough
def test_vrrp_alone_answers_over_ipv6_with_port_security_on(alone):
    assert last_seen(lambda: answers(alone), seconds=PAIRS_TAKE_EFFECT)
    assert VMAC_ALONE in neighbour(alone, vip(alone, 6))
    assert len(holders(alone, 6)) == 1


@pytest.mark.thorough
def test_without_its_pairs_the_virtual_ip_of_ipv6_is_dead_and_with_them_it_lives(alone):
    ports = {
        port.id: port.allowed_address_pairs
        for key in alone.keys("director")
        for port in alone.cloud.network.ports(device_id=alone.outputs["hosts"][key]["server-id"])
    }
    try:
        for port, pairs in ports.items():
            kept = [pair for pair in pairs if ":" not in pair["ip_address"]]
            alone.cloud.network.update_port(port, allowed_address_pairs=kept)
        assert not last_seen(lambda: answers(alone), False, seconds=PAIRS_TAKE_EFFECT), (
            "port security must stop it, though the pairs of IPv4 are there"
        )
    finally:
        for port, pairs in ports.items():
            alone.cloud.network.update_port(port, allowed_address_pairs=pairs)
    assert last_seen(lambda: answers(alone), seconds=PAIRS_TAKE_EFFECT), "the pairs alone bring it back"


@pytest.mark.thorough
def test_after_a_clean_stop_the_other_director_answers_with_the_same_mac(alone):
    [master] = holders(alone, 6)
    alone.shell(master, "systemctl stop keepalived")
    try:
        assert last_seen(lambda: answers(alone), seconds=PAIRS_TAKE_EFFECT)
        assert holders(alone, 6) == [key for key in alone.keys("director") if key != master]
        assert VMAC_ALONE in neighbour(alone, vip(alone, 6))
    finally:
        alone.shell(master, "systemctl start keepalived")
