"""What a director's own ruleset does with packets of IPv6, sent by hand in two network namespaces.

Decides that what comes in by IPv4 comes in by IPv6 too and nothing else, and that neighbours find the director. The
rest is test_nftables.py's.
"""

import re
from pathlib import Path

from tests.daemons.goldens import goldens
from tests.daemons.packets import ACK, CLIENT_BESIDE, SYN, SYN_ACK, Packet, each_counted, let_in, played, tcp, udp
from tests.daemons.tools import Tools

FILTERED = goldens("etc/nftables.conf")["dual-stack/dual-stack-director-1/etc/nftables.conf"]
DIRECTOR, PEER, CLIENT = "2001:db8:51::3", "2001:db8:51::6", "2001:db8:51::100"

SCENE = f"""{CLIENT_BESIDE}
ip address add {DIRECTOR}/64 dev n-web nodad; ip link set n-web up
for address in {PEER} {CLIENT}; do as_client ip address add $address/64 dev nic nodad; done
as_client ip link set nic up
sleep 0.2
nft --file "$1"; nft --file "$1"
until as_client ip neighbour show {DIRECTOR} | grep -q lladdr || [ "$((tries=${{tries:-0}}+1))" = 4 ]; do
    as_client ping -c 1 -W 1 {DIRECTOR} >/dev/null || true
done
as_client ip neighbour show {DIRECTOR} | grep -q lladdr && echo "found: yes" || echo "found: no"
{each_counted(DIRECTOR)}"""

PACKETS: dict[str, Packet] = {
    "an advert of the peer": (PEER, 112, "00" * 12, "vrrp-from-director-2-web.ipv6"),
    "an advert of a stranger": (CLIENT, 112, "00" * 12, None),
    "the first packet to a service": (CLIENT, 6, tcp(80, SYN), "service-tcp-80.ipv6"),
    "a later packet of a half-seen connection": (CLIENT, 6, tcp(80, ACK), "service-tcp-80.ipv6"),
    "TCP to a port of no service": (CLIENT, 6, tcp(81, SYN), None),
    "an answer to a health check": (CLIENT, 6, tcp(45000, SYN_ACK, source=80), "answers-tcp.ipv6"),
    "a connection to a high port": (CLIENT, 6, tcp(45000, SYN, source=80), None),
    "a name server's answer": (CLIENT, 17, udp(45000, 53), "answers-udp.ipv6"),
    "a ping": (CLIENT, 58, "8000000000000000", "icmp.ipv6"),
    "something with a protocol nobody spoke of": (CLIENT, 47, "00" * 8, None),
}


def calm(line: str) -> str:
    """Without the neighbours' own chatter, which comes whenever it likes."""
    return line if line.startswith("a_ping:") else re.sub(r" icmp.ipv6=\d+", "", line)


def test_only_what_the_plan_names_comes_in_by_ipv6(tools: Tools, tmp_path: Path) -> None:
    told = played(tools, tmp_path, SCENE, FILTERED.read_text(), PACKETS)
    assert "found: yes" in told
    assert let_in([calm(line) for line in told]) == {name: rule for name, (_, _, _, rule) in PACKETS.items()}


def test_without_icmpv6_no_neighbour_finds_the_director(tools: Tools, tmp_path: Path) -> None:
    rule = '        ip6 saddr ::/0 meta l4proto 58 accept comment "icmp.ipv6"\n'
    text = FILTERED.read_text()
    assert rule in text, "the control breaks nothing"
    told = played(tools, tmp_path, SCENE, text.replace(rule, ""), PACKETS)
    assert "found: no" in told, "IPv6 needs what ARP does for IPv4"
