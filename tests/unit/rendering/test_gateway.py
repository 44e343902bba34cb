"""A gateway's files where the families differ: what must not be lost from them. The whole files are goldens.

That the daemons read them and do it is for tests/daemons and tests/drill.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.check import check
from components.config.stack_secrets import NO_SECRETS
from components.plan.stack import assumed_addresses, plan_stack
from components.rendering.guest_files import guest_files

BOTH = Path(__file__).parents[1] / "config" / "bad_input" / "bases" / "gateway_ipv6.yaml"
FILTER, SYSCTL, KEEPALIVED = "/etc/nftables.conf", "/etc/sysctl.d/91-vipstack-gateway.conf", "keepalived.conf"
CONNTRACKD = "/etc/conntrackd/conntrackd.conf"


@pytest.fixture
def nouns() -> dict[str, Any]:
    return yaml.safe_load(BOTH.read_text())


def files(nouns: dict[str, Any]) -> dict[str, str]:
    plan = plan_stack("s", check(nouns))
    return guest_files(plan, plan.hosts[0], assumed_addresses(plan), NO_SECRETS)


def test_each_family_is_forwarded_only_where_that_was_said(nouns: dict[str, Any]) -> None:
    both = files(nouns)
    assert {"net.ipv4.ip_forward = 1", "net.ipv6.conf.all.forwarding = 1"} <= set(both[SYSCTL].splitlines())
    del nouns["gateway"]["ipv6"], nouns["virtual-ips"]["inside6"], nouns["vrrp"]["instances"]["inside6"]
    nouns["vrrp"]["sync-groups"]["gateway"].remove("inside6")
    four = files(nouns)
    assert "ipv6" not in four[SYSCTL]
    assert "ip6 saddr 2001:db8:a::/64" not in four[FILTER], "a family that is not forwarded is dropped"
    assert "static_routes" not in four[f"/etc/keepalived/{KEEPALIVED}"]
    assert "IPv6-ICMP" not in four[CONNTRACKD]
    assert "IPv6_address 2001:db8:122::1000" in four[CONNTRACKD], (
        "the directors' own connections are theirs all the same"
    )


def test_ipv6_is_translated_only_where_that_was_said(nouns: dict[str, Any]) -> None:
    assert "snat ip6" not in files(nouns)[FILTER]
    nouns["gateway"]["ipv6"]["snat"] = True
    text = files(nouns)[FILTER]
    assert "snat ip6 to [2001:db8:122::140]:32768-60999\n" in text
    assert 'oifname "@nic:public@" ip6 saddr 2001:db8:a::/64 drop\n' in text, "nothing leaves with an inside address"


def test_pings_of_each_family_are_let_in_by_its_own_protocol(nouns: dict[str, Any]) -> None:
    nouns["gateway"]["let-in"] = {"ping": {"protocol": "icmp", "sources": ["0.0.0.0/0"]}}
    nouns["gateway"]["ipv6"]["let-in"] = {"ping": {"protocol": "icmp", "sources": ["::/0"]}}
    text = files(nouns)[FILTER]
    assert 'meta l4proto 1 accept comment "let-in-ping"\n' in text
    assert 'meta l4proto 58 accept comment "let-in-ping.ipv6"\n' in text


def test_nat_of_ipv6_forwards_also_where_there_is_no_gateway(nouns: dict[str, Any]) -> None:
    del nouns["gateway"], nouns["connection-sync"]
    nouns["services"] = {"http": {"virtual-ip": "outside6", "port": 80, "forwarding": "nat"}}
    nouns["real-servers"] = {"network": "internal", "count": 2, "image": "i", "flavor": "f"}
    nouns["virtual-ips"]["inside"]["address"] = "10.0.0.9"
    settings = files(nouns)["/etc/sysctl.d/90-vipstack.conf"].splitlines()
    assert "net.ipv6.conf.all.forwarding = 1" in settings
    assert "net.ipv4.ip_forward = 1" not in settings, "no packet of IPv4 is translated"


def test_real_servers_on_a_network_of_their_own_answer_by_its_nic(nouns: dict[str, Any]) -> None:
    nouns["networks"]["servers"] = {"cidr": "10.1.0.0/24", "gateway": "10.1.0.1", "excluded-ranges": ["10.1.0.9"]}
    nouns["virtual-ips"]["servers"] = {"network": "servers", "address": "10.1.0.1"}
    nouns["directors"]["nics"].append({"network": "servers"})
    nouns["vrrp"]["instances"]["servers"] = {"virtual-ips": ["servers"], "virtual-router-id": 53}
    nouns["vrrp"]["sync-groups"]["gateway"].append("servers")
    sorry = {"address": "10.1.0.9"}
    nouns["services"] = {"http": {"virtual-ip": "outside", "port": 80, "forwarding": "nat", "sorry-server": sorry}}
    nouns["real-servers"] = {"network": "servers", "servers": {"a": {"address": "10.1.0.8", "existing": True}}}
    lines = [line.strip() for line in files(nouns)[FILTER].splitlines()]
    nic = 'iifname { "@nic:servers@", "vrrp.53" }'
    for source in ("10.1.0.8", "10.1.0.9"):
        answer = f"ip saddr {source} tcp sport 80"
        assert f"{nic} fib daddr type != local {answer} notrack" in lines
        assert f'{nic} {answer} ct state untracked accept comment "ipvs-replies"' in lines, "or each answer is dropped"
    assert 'oifname "@nic:public@" ip saddr 10.1.0.0/24 drop' in lines, "nothing leaves with a real server's address"
