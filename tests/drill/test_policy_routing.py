"""A policy-routing pair in network namespaces: the guests' own script and keepalived, with the goldens, among routers.

Decides that whoever asks any address from afar is answered by the gateway of the network that was asked, before and
after a failover, and that the source's three slips are why its author gave up. Cannot decide what DHCP and a boot do to
it (tests/lab).
"""

import re
from collections.abc import Iterator

import pytest
from tests.daemons.tools import Tools
from tests.drill.routed_pair import CLIENT, DIRECTORS, FAILOVER, NETWORKS, SCRIPT, VIP, RoutedPair

from components.plan.policy_routing import DEFAULT_PRIORITY

ADDRESSES = {f"{prefix}.{octet}": name for prefix in NETWORKS.values() for name, octet in DIRECTORS.items()}
VIP_RULES = ("from 172.3.15.38 lookup 104", "to 172.3.15.38 lookup 104")


@pytest.fixture(scope="module")
def built(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoutedPair]:
    """The networks, with nothing of ours on the directors."""
    with RoutedPair(tools, tmp_path_factory.mktemp("pair")).built() as pair:
        yield pair


@pytest.fixture(scope="module")
def pair(built: RoutedPair) -> RoutedPair:
    """The pair at work: each director has its tables, one of them the virtual IP."""
    ours = f"{DEFAULT_PRIORITY}:"
    built.start_all(lambda director: ours in built.rules(director), lambda: len(masters(built)) == 1)
    return built


def masters(pair: RoutedPair) -> list[str]:
    return [name for name in DIRECTORS if f" {VIP}/" in pair.ip(name, "-4 -o address show")]


def with_vip_rules(pair: RoutedPair) -> list[str]:
    return [name for name in DIRECTORS if all(rule in pair.rules(name) for rule in VIP_RULES)]


def answers(pair: RoutedPair) -> dict[str, str]:
    return {address: pair.ask(address) for address in ADDRESSES}


def test_without_our_rules_replies_leave_by_the_wrong_gateway_and_are_lost(built: RoutedPair) -> None:
    """Of equal default routes the kernel takes one whose gateway answered lately: which addresses work is chance."""
    assert "lost" in answers(built).values(), "the routers are strict, or what follows proves nothing"


def test_every_address_answers_through_its_own_gateway(pair: RoutedPair) -> None:
    assert answers(pair) == ADDRESSES, pair.state()
    assert pair.ask(VIP) == masters(pair)[0]


def test_the_agent_finds_what_it_expects(pair: RoutedPair) -> None:
    for director in DIRECTORS:
        assert pair.unmet(director, "routing", "moving_rules") == "[]"


def test_own_connections_leave_by_the_main_network_whatever_dhcp_said(pair: RoutedPair) -> None:
    for director in DIRECTORS:
        assert "via 172.3.60.1 dev n-ops" in pair.ip(director, f"route get {CLIENT}")
        assert "dev n-back" in pair.ip(director, "route get 172.3.50.99"), "a neighbour is reached directly"


def test_the_virtual_ips_table_is_where_the_virtual_ip_is(pair: RoutedPair) -> None:
    assert with_vip_rules(pair) == masters(pair)
    [backup] = set(DIRECTORS) - set(masters(pair))
    assert "104" not in pair.rules(backup)
    assert "src" not in pair.ip(backup, "-4 route show table 104"), "only what stands by is there"


def test_after_a_silent_failover_and_the_return_the_table_has_moved(pair: RoutedPair) -> None:
    [master] = masters(pair)
    [backup] = set(DIRECTORS) - {master}
    pair.ip("switch", f"link set {master[-7:]}.front down")
    try:
        pair.wait_for("the virtual IP's answer", FAILOVER, lambda: pair.ask(VIP) == backup)
        assert backup in with_vip_rules(pair)
    finally:
        pair.ip("switch", f"link set {master[-7:]}.front up")
    pair.wait_for("one master", FAILOVER, lambda: masters(pair) == with_vip_rules(pair) == [backup])
    pair.wait_for("every address again", FAILOVER, lambda: answers(pair) == ADDRESSES)


def test_a_keepalived_that_is_killed_and_comes_back_leaves_no_second_rule(pair: RoutedPair) -> None:
    [master] = masters(pair)
    pair.run(master, "pkill", "-KILL", "-F", str(pair.folder / f"{master}-pid"))
    pair.stop(f"keepalived-{master}", at_once=True)
    pair.start_keepalived(master, pair.folder / f"{master}-keepalived.conf")
    pair.wait_for("one master", FAILOVER, lambda: len(masters(pair)) == 1 and masters(pair) == with_vip_rules(pair))
    for director in DIRECTORS:
        assert pair.rules(director).count(VIP_RULES[0]) == (director in masters(pair))


@pytest.mark.parametrize("network", NETWORKS)
def test_what_a_nic_loses_with_its_address_comes_back(pair: RoutedPair, network: str) -> None:
    """What a DHCP client does when the cable is out: no address, so no route in any table."""
    [backup] = set(DIRECTORS) - set(masters(pair))
    address = f"{NETWORKS[network]}.{DIRECTORS[backup]}"
    pair.ip(backup, f"address flush dev n-{network}")
    assert f"dev n-{network}" not in pair.ip(backup, "-4 route show table all"), "else this shows nothing"
    pair.ip(backup, f"address add {address}/24 dev n-{network}")
    pair.wait_for(f"{address} again", FAILOVER, lambda: pair.ask(address) == backup)


def test_the_virtual_ip_answers_again_when_the_masters_nic_lost_its_routes(pair: RoutedPair) -> None:
    """Its own routes are gone for good, and keepalived stays master: only the cable would tell it."""
    [master] = masters(pair)
    address = f"172.3.15.{DIRECTORS[master]}"
    pair.ip(master, "address delete " + f"{address}/24 dev n-front")
    pair.ip(master, f"address add {address}/24 dev n-front")
    pair.wait_for("the virtual IP's answer", FAILOVER, lambda: [pair.ask(VIP)] == masters(pair))


def test_rules_that_somebody_flushes_come_back(pair: RoutedPair) -> None:
    [backup] = set(DIRECTORS) - set(masters(pair))
    pair.ip(backup, "-4 rule flush")
    pair.ip(backup, "-4 rule add table main priority 32766")
    pair.wait_for("every address again", FAILOVER, lambda: answers(pair) == ADDRESSES)


def test_a_changed_file_replaces_what_it_no_longer_says_and_nothing_of_others(pair: RoutedPair) -> None:
    [backup] = set(DIRECTORS) - set(masters(pair))
    file = pair.folder / f"{backup}-routing.conf"
    whole = file.read_text()
    pair.ip(backup, "rule add from 203.0.113.9 table 7 priority 7")
    before = pair.rules(backup)
    file.write_text(whole.replace("table 103", "table 203").replace("priority 1030", "priority 2030"))
    try:
        _restart(pair, backup)
        pair.wait_for(
            "the new table", FAILOVER, lambda: "2030:" in pair.rules(backup) and "1030:" not in pair.rules(backup)
        )
        assert "7:\tfrom 203.0.113.9 lookup 7" in pair.rules(backup)
    finally:
        file.write_text(whole)
        _restart(pair, backup)
    pair.wait_for("the old rules", FAILOVER, lambda: sorted(pair.rules(backup)) == sorted(before))
    pair.ip(backup, "rule delete priority 7")


def test_without_virtual_rules_the_virtual_ip_does_not_answer_from_afar(pair: RoutedPair) -> None:
    blocks = re.compile(r" {4}virtual_r(outes|ules) \{.*?\n {4}\}\n", re.DOTALL)
    for director in DIRECTORS:
        whole = (pair.folder / f"{director}-keepalived.conf").read_text()
        bare, count = blocks.subn("", whole)
        assert count == 2, "the control takes nothing away"
        (pair.folder / f"{director}-bare.conf").write_text(bare)
    for kind in ("bare", "keepalived"):
        for director in DIRECTORS:
            pair.stop(f"keepalived-{director}")
            pair.start_keepalived(director, pair.folder / f"{director}-{kind}.conf")
        pair.wait_for("one master", FAILOVER, lambda: len(masters(pair)) == 1)
        if kind == "bare":
            assert pair.ask(VIP) == "lost", "its replies leave by ops, where its address does not belong"
    pair.wait_for("the virtual IP's answer", FAILOVER, lambda: [pair.ask(VIP)] == masters(pair))


def test_the_sources_rule_for_another_interfaces_address_cuts_that_one_off(pair: RoutedPair) -> None:
    """``ip rule add from 172.3.15.36/32 table admin``, where admin is the back-end's table."""
    assert pair.ask("172.3.15.36") == "director-1"
    pair.ip("director-1", "rule add from 172.3.15.36 table 102 priority 5")
    try:
        assert pair.ask("172.3.15.36") == "lost"
    finally:
        pair.ip("director-1", "rule delete priority 5")


@pytest.mark.parametrize(
    ("route", "words"),
    [
        (f"172.3.15.0/24 dev n-front src {VIP} table 7", "Invalid prefsrc address"),
        ("default via 172.30.15.1 dev n-front table 7", "Nexthop has invalid gateway"),
    ],
    ids=["the virtual IP's route on the director that has it not", "the mistyped gateway"],
)
def test_the_kernel_refuses_what_the_source_adds_at_boot(pair: RoutedPair, route: str, words: str) -> None:
    [backup] = set(DIRECTORS) - set(masters(pair))
    with pytest.raises(AssertionError, match=words):
        pair.ip(backup, f"route add {route}")


def _restart(pair: RoutedPair, director: str) -> None:
    pair.stop(f"routing-{director}")
    file = pair.folder / f"{director}-routing.conf"
    pair.start(f"routing-{director}", director, "python3", str(SCRIPT), str(file))
