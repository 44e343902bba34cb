"""A policy-routing pair with IPv6 in network namespaces: the guests' own script and keepalived, among routers.

Decides of IPv6 what ``test_policy_routing.py`` does of IPv4: whoever asks any address from afar is answered by the
gateway of the network that was asked, before and after a failover, whatever routers announce. Cannot decide what
cloud-init and a boot do to it (tests/lab). Price: twenty seconds, and root.
"""

from collections.abc import Iterator
from functools import partial

import pytest
from tests.daemons.goldens import GOLDENS
from tests.daemons.tools import Tools
from tests.drill.routed_pair import CLIENT, CLIENT6, DIRECTORS, FAILOVER, NETWORKS, RoutedPair

from components.plan.policy_routing import DEFAULT_PRIORITY

CASE = GOLDENS / "policy-routing-both-families"
SIX = {"front": "2001:db8:15", "back": "2001:db8:50"}
VIP, VIP4 = "2001:db8:15::38", "172.3.15.38"
ADDRESSES = {f"{prefix}::{octet}": name for prefix in SIX.values() for name, octet in DIRECTORS.items()}
ADDRESSES4 = {f"{prefix}.{octet}": name for prefix in NETWORKS.values() for name, octet in DIRECTORS.items()}
VIP_RULES = (f"from {VIP} lookup 105", f"to {VIP} lookup 105")


@pytest.fixture(scope="module")
def built(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoutedPair]:
    """The networks, with nothing of ours on the directors, and the router of back has announced itself."""
    with RoutedPair(tools, tmp_path_factory.mktemp("pair"), case=CASE, six=SIX).built() as pair:
        pair.wait_for("the router's word", FAILOVER, lambda: heard(pair, "back"))
        yield pair


@pytest.fixture(scope="module")
def pair(built: RoutedPair) -> RoutedPair:
    """The pair at work: each director has its tables, one of them the virtual IPs."""
    ours = f"{DEFAULT_PRIORITY}:"
    built.start_all(
        lambda director: ours in rules(built, director),
        lambda: len(masters(built)) == 1 and masters(built) == with_vip_rules(built),
    )
    return built


def heard(pair: RoutedPair, network: str) -> bool:
    """Whether each director has a default route from what a network's router just said."""
    pair.announce(network)
    defaults = [pair.ip(director, f"-6 route show default dev n-{network}") for director in DIRECTORS]
    return all("proto ra" in text for text in defaults)


def rules(pair: RoutedPair, director: str) -> str:
    return pair.ip(director, "-6 rule show")


def masters(pair: RoutedPair) -> list[str]:
    return [name for name in DIRECTORS if f" {VIP}/" in pair.ip(name, "-6 -o address show")]


def with_vip_rules(pair: RoutedPair) -> list[str]:
    return [name for name in DIRECTORS if all(rule in rules(pair, name) for rule in VIP_RULES)]


def answers(pair: RoutedPair, addresses: dict[str, str]) -> dict[str, str]:
    return {address: pair.ask(address) for address in addresses}


def test_without_our_rules_replies_leave_by_the_router_that_announced_itself(built: RoutedPair) -> None:
    assert built.ask("2001:db8:50::36") == "director-1"
    assert built.ask("2001:db8:15::36") == "lost", "the routers are strict, or what follows proves nothing"


def test_every_address_of_either_family_answers_through_its_own_gateway(pair: RoutedPair) -> None:
    every = ADDRESSES | ADDRESSES4
    assert answers(pair, every) == every, pair.state()
    assert [pair.ask(VIP)] == masters(pair), pair.state()
    assert pair.ask(VIP4) in DIRECTORS


def test_the_agent_finds_what_it_expects(pair: RoutedPair) -> None:
    for director in DIRECTORS:
        assert pair.unmet(director, "routing", "moving_rules", "own_addresses") == "[]"


def test_own_connections_leave_by_the_first_network_that_has_ipv6_whatever_routers_said(pair: RoutedPair) -> None:
    for director in DIRECTORS:
        assert "dev n-front table 101" in pair.ip(director, f"-6 route get {CLIENT6}"), "the main network has none"
        assert "dev n-ops" in pair.ip(director, f"route get {CLIENT}")
        assert "dev n-back" in pair.ip(director, "-6 route get 2001:db8:50::99"), "a neighbour is reached directly"


def test_the_virtual_ips_table_is_where_the_virtual_ip_is(pair: RoutedPair) -> None:
    assert with_vip_rules(pair) == masters(pair)
    [backup] = set(DIRECTORS) - set(masters(pair))
    assert "105" not in rules(pair, backup)
    assert "src" not in pair.ip(backup, "-6 route show table 105"), "only what stands by is there"
    [first, *_] = pair.ip(masters(pair)[0], "-6 route show default table 105").splitlines()
    assert f"src {VIP} metric 1024" in first, "keepalived's own come before those that stand by"


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
    pair.wait_for("every address again", FAILOVER, lambda: answers(pair, ADDRESSES) == ADDRESSES)


@pytest.mark.parametrize("network", SIX)
def test_what_a_nic_loses_when_it_is_set_down_comes_back(pair: RoutedPair, network: str) -> None:
    """Of IPv6 its addresses too, and its routes in every table."""
    [backup] = set(DIRECTORS) - set(masters(pair))
    address = f"{SIX[network]}::{DIRECTORS[backup]}"
    pair.ip(backup, f"link set n-{network} down")
    pair.ip(backup, f"link set n-{network} up")
    pair.ip(backup, f"address add {address}/64 dev n-{network}")
    pair.wait_for(f"{address} again", FAILOVER, lambda: pair.ask(address) == backup)


def test_rules_that_somebody_flushes_come_back(pair: RoutedPair) -> None:
    [backup] = set(DIRECTORS) - set(masters(pair))
    pair.ip(backup, "-6 rule flush")
    pair.ip(backup, "-6 rule add table main priority 32766")
    pair.wait_for("every address again", FAILOVER, lambda: answers(pair, ADDRESSES) == ADDRESSES)


def test_another_tables_gateway_would_lose_the_virtual_ips_answers(pair: RoutedPair) -> None:
    """The control: the routers are strict about the virtual IP too."""
    [master] = masters(pair)
    assert pair.ask(VIP) == master
    pair.ip(master, f"-6 rule add from {VIP} table 102 priority 5")
    try:
        assert pair.ask(VIP) == "lost"
    finally:
        pair.ip(master, "-6 rule delete priority 5")


def test_the_virtual_macs_interface_hears_no_router(pair: RoutedPair) -> None:
    pair.wait_for("the router's word", FAILOVER, partial(heard, pair, "front"))
    for director in DIRECTORS:
        assert "default" not in pair.ip(director, "-6 route show dev vrrp6.38"), "a NIC heard it, the macvlan did not"
    assert pair.ask(VIP) == masters(pair)[0]
