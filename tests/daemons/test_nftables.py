"""nft's own check of every golden nftables.conf, and what the rules do with packets, in two network namespaces.

Decides that the ruleset loads, can be loaded again over itself, and lets in what the plan says and nothing else: each
packet is sent by hand, so that half-seen connections are among them. Cannot decide how a cloud filters before.
"""

import sys
from pathlib import Path

import pytest
from tests.daemons.goldens import goldens, on_guest
from tests.daemons.packets import (
    ACK,
    CLIENT_BESIDE,
    RST,
    SEND,
    SYN,
    SYN_ACK,
    Packet,
    each_counted,
    let_in,
    played,
    tcp,
    udp,
)
from tests.daemons.tools import Tools

RULESETS = goldens("etc/nftables.conf")
FILTERED = RULESETS["static-ipvs/static-ipvs-director-1/etc/nftables.conf"]
MANY = RULESETS["many-services/many-services-director-1/etc/nftables.conf"]
TRANSLATED = RULESETS["gateway-ipv6-alone/gateway-ipv6-alone-left/etc/nftables.conf"]
TWO_NICS = RULESETS["three-directors/three-directors-left/etc/nftables.conf"]

DIRECTOR, PEER, CLIENT, ADMIN = "203.0.113.3", "203.0.113.6", "203.0.113.20", "198.51.100.7"

# The director's end, and the client in a namespace of its own.
SCENE = f"""{CLIENT_BESIDE}
ip address add {DIRECTOR}/27 dev n-web; ip link set n-web up
ip route add 198.51.100.0/24 dev n-web
for address in {PEER}/27 {CLIENT}/27 {ADMIN}/32; do as_client ip address add $address dev nic; done
as_client ip link set nic up
as_client ping -c 1 -W 5 {DIRECTOR} >/dev/null
nft --file "$1"; nft --file "$1"
{each_counted(DIRECTOR)}"""


def test_there_is_a_golden_with_rules() -> None:
    assert RULESETS, "no golden has a ruleset: nothing below decides anything"


@pytest.mark.parametrize("golden", RULESETS)
def test_nft_accepts_every_golden(tools: Tools, golden: str, tmp_path: Path) -> None:
    ruleset = tmp_path / "nftables.conf"
    ruleset.write_text(on_guest(RULESETS[golden].read_text()))
    verdict = tools.run('nft --check --file "$1"', ruleset)
    assert verdict.returncode == 0, f"a director would refuse its ruleset:\n{verdict.stdout}"


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        ("snat ip6 to [2001:db8:e::140]:", "snat ip6 to 2001:db8:e::140:"),
        ("snat ip6 to 2001:db8:e::140\n", "snat ip6 to 192.0.2.140\n"),
        ("policy drop", "policy dorp"),
        ("jump from-web", "jump from-wbe"),
        ("ip protocol 112", "ip protocol 1120"),
        (f"ip saddr {PEER}", "ip saddr 203.0.113.600"),
        ("tcp dport 80", "tcp dport 65536"),
        ("hook prerouting", "hook preruoting"),
        ("meta mark set 8000", "meta mark set 80000000000"),
        ("tcp dport 8000-8099 meta", "tcp dport 8099-8000 meta"),
        ("ip daddr { 203.0.113.7 }", "ip daddr { 203.0.113.700 }"),
    ],
)
def test_nft_refuses_what_is_broken(tools: Tools, whole: str, broken: str, tmp_path: Path) -> None:
    text = on_guest(
        (
            TRANSLATED
            if "snat" in whole
            else MANY
            if "mark" in whole or "daddr" in whole or "meta" in whole
            else FILTERED
        ).read_text()
    )
    assert whole in text, "the control breaks nothing"
    ruleset = tmp_path / "nftables.conf"
    ruleset.write_text(text.replace(whole, broken))
    assert tools.run('nft --check --file "$1"', ruleset).returncode != 0, "a check that accepts this decides nothing"


def test_the_ruleset_leaves_the_tables_of_others_alone(tools: Tools, tmp_path: Path) -> None:
    ruleset = tmp_path / "nftables.conf"
    ruleset.write_text(on_guest(FILTERED.read_text()))
    listed = tools.run('nft add table ip keepalived; nft --file "$1"; nft --file "$1"; nft list tables', ruleset)
    assert listed.stdout.split("\n")[:2] == ["table ip keepalived", "table inet vipstack"], (
        f"keepalived keeps a table of its own, which a flush would remove:\n{listed.stdout}"
    )


PACKETS: dict[str, Packet] = {
    "an advert of the peer": (PEER, 112, "00" * 12, "vrrp-from-director-2-web"),
    "an advert of a stranger": (CLIENT, 112, "00" * 12, None),
    "the first packet to a service": (CLIENT, 6, tcp(80, SYN), "service-tcp-80"),
    "a later packet of a connection whose answers were never seen": (CLIENT, 6, tcp(80, ACK), "service-tcp-80"),
    "a reset to a service": (CLIENT, 6, tcp(80, RST), "service-tcp-80"),
    "a datagram to a service": (CLIENT, 17, udp(53, 5353), "service-udp-53"),
    "TCP to a port of no service": (CLIENT, 6, tcp(81, SYN), None),
    "TCP to the port of a UDP service": (CLIENT, 6, tcp(53, SYN), None),
    "SSH from where it was declared": (ADMIN, 6, tcp(22, SYN), "ssh-from-198.51.100.0/24"),
    "SSH from elsewhere": (CLIENT, 6, tcp(22, SYN), None),
    "an answer to a health check": (CLIENT, 6, tcp(45000, SYN_ACK, source=80), "answers-tcp"),
    "a connection to a high port": (CLIENT, 6, tcp(45000, SYN, source=80), None),
    "a name server's answer": (CLIENT, 17, udp(45000, 53), "answers-udp"),
    "a DHCP server's answer": (CLIENT, 17, udp(68, 67), "dhcp"),
    "a ping": (CLIENT, 1, "0800f7ff00000000", "icmp"),
    "something with a protocol nobody spoke of": (CLIENT, 47, "00" * 8, None),
}


def test_only_what_the_plan_names_comes_in(tools: Tools, tmp_path: Path) -> None:
    told = played(tools, tmp_path, SCENE, FILTERED.read_text(), PACKETS)
    assert let_in(told) == {name: rule for name, (_, _, _, rule) in PACKETS.items()}


# The director's end ($1 its ruleset, $2 a table that counts marks), and a client that sends to virtual IPs.
MARKED = f"""{CLIENT_BESIDE}
for address in {DIRECTOR} 203.0.113.2 203.0.113.7; do ip address add $address/27 dev n-web; done
ip link set n-web up
as_client ip address add {CLIENT}/27 dev nic
as_client ip link set nic up
as_client ping -c 1 -W 5 {DIRECTOR} >/dev/null
nft --file "$1"; nft --file "$2"
while read -r target protocol payload; do
    as_client "$4" "$3" {CLIENT} "$target" "$protocol" "$payload"
done <"$5"
sleep 0.2
nft list table inet seen | sed -n 's/.*mark \\(0x[0-9a-f]*\\) counter packets \\([0-9]*\\).*/\\1=\\2/p'
"""

SEEN = """
table inet seen {
    chain in {
        type filter hook input priority mangle
        meta mark 8000 counter
        meta mark 73536 counter
        meta mark 0 ip saddr 203.0.113.20 counter
    }
}
"""


def test_a_range_is_marked_for_its_virtual_ips_and_protocol_and_nothing_else(tools: Tools, tmp_path: Path) -> None:
    ruleset, seen, program, packets = (tmp_path / name for name in ("rules", "seen", "send.py", "packets"))
    ruleset.write_text(on_guest(MANY.read_text()))
    seen.write_text(SEEN)
    program.write_text(SEND)
    sent = [
        ("203.0.113.2", 6, tcp(8000, SYN)),
        ("203.0.113.7", 6, tcp(8099, SYN)),
        ("203.0.113.7", 17, udp(8050, 5000)),
        # Without a mark: another port, another address, the other virtual IP's protocol.
        ("203.0.113.2", 6, tcp(8100, SYN)),
        (DIRECTOR, 6, tcp(8000, SYN)),
        ("203.0.113.2", 17, udp(8050, 5000)),
    ]
    packets.write_text("".join(f"{target} {protocol} {payload}\n" for target, protocol, payload in sent))
    told = tools.run(MARKED, ruleset, seen, program, sys.executable, packets)
    assert told.stdout.split()[:2] == ["0x00001f40=2", "0x00011f40=1"], told.stdout


def test_a_nic_that_the_cloud_filters_is_open_and_an_unknown_one_is_shut() -> None:
    text = TWO_NICS.read_text()
    assert 'iifname { "@nic:back@", "vrrp.52" } accept' in text, "security groups filter this network already"
    assert "policy drop" in text, "a NIC that nobody named must not be open"
