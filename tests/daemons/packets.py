"""Packets sent by hand to a ruleset: the client's end in a namespace of its own, and which rule counted each.

Add here: what the families and rulesets have in common. The scene's addresses stand in the test that judges it.
"""

import re
import struct
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.daemons.goldens import on_guest
from tests.daemons.tools import Tools

SYN, ACK, SYN_ACK, RST = 0x02, 0x10, 0x12, 0x04

Packet = tuple[str, int, str, str | None]
"""Source, IP protocol, payload in hexadecimal, and the rule that must let it in; None for dropped."""

# Sends one packet of an IP protocol from one of the client's addresses.
SEND = """
import socket, sys
source, target, protocol, payload = sys.argv[1:]
family = socket.AF_INET6 if ":" in source else socket.AF_INET
with socket.socket(family, socket.SOCK_RAW, int(protocol)) as sender:
    sender.bind((source, 0))
    sender.sendto(bytes.fromhex(payload), (target, 0))
"""

# A scene begins so: the client's namespace, and a cable from here (n-web) to there (nic).
CLIENT_BESIDE = """
unshare --net sleep 240 & client=$!
trap 'kill $client' EXIT
while [ "$(readlink /proc/$client/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
as_client() { nsenter --net=/proc/$client/ns/net "$@"; }
ip link add n-web type veth peer name nic netns $client
"""


def each_counted(director: str) -> str:
    """A scene's end: each packet's name, and the counters before and after it.

    The scene's arguments: $1 the ruleset, $2 the sender, $3 Python, $4 the packets.
    """
    look = r"""nft list table inet vipstack | sed -n 's/.*packets \([0-9]*\).*"\(.*\)"/\2=\1/p'"""
    return f"""
while read -r name source protocol payload; do
    before=$({look})
    as_client "$3" "$2" "$source" {director} "$protocol" "$payload"
    sleep 0.05
    after=$({look})
    echo "$name:" $before / $after
done <"$4"
"""


def played(tools: Tools, folder: Path, scene: str, ruleset: str, packets: Mapping[str, Packet]) -> list[str]:
    """What a scene prints; names without blanks."""
    rules, program, sent = folder / "nftables.conf", folder / "send.py", folder / "packets"
    rules.write_text(_counted(on_guest(ruleset)))
    program.write_text(SEND)
    lines = [f"{name.replace(' ', '_')} {' '.join(map(str, packet[:3]))}\n" for name, packet in packets.items()]
    sent.write_text("".join(lines))
    seen = tools.run(scene, rules, program, sys.executable, sent)
    assert seen.returncode == 0, seen.stdout
    return seen.stdout.splitlines()


def tcp(port: int, flags: int, source: int = 40000) -> str:
    return struct.pack("!HHIIBBHHH", source, port, 1, 1, 5 << 4, flags, 8192, 0, 0).hex()


def udp(port: int, source: int) -> str:
    return struct.pack("!HHHH", source, port, 8, 0).hex()


def _counted(ruleset: str) -> str:
    """The ruleset with a counter for each rule that lets something in."""
    named = ruleset.replace("udp dport 68 accept", 'udp dport 68 accept comment "dhcp"')
    return re.sub(r" accept comment", " counter accept comment", named)


def let_in(told: list[str]) -> dict[str, str | None]:
    """By a packet's name the rule that counted it."""
    return {line.split(":")[0].replace("_", " "): _rule_that_counted(line) for line in told if " / " in line}


def _rule_that_counted(line: str) -> str | None:
    before, after = line.partition(": ")[2].split(" / ")
    changed = set(after.split()) - set(before.split())
    assert len(changed) <= 1, f"one packet, several rules: {line}"
    return changed.pop().rpartition("=")[0] if changed else None
