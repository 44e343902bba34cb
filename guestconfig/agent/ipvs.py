"""Reads the kernel's IPVS table from /proc/net/ip_vs (linux/net/netfilter/ipvs/ip_vs_ctl.c)."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

PROC = "/proc/net/ip_vs"

# The kernel's words for how a packet is handed on; "Local" is a destination that is this machine itself.
FORWARDING = {"Route": "direct-routing", "Masq": "nat", "Tunnel": "tunnel", "Local": "local"}

_SERVER_WORDS = 3
_DESTINATION_WORDS = 4


@dataclass(frozen=True)
class Server:
    """A virtual server: its scheduler, and weight and forwarding of each destination ``address:port``."""

    scheduler: str
    weights: dict[str, int] = field(default_factory=dict[str, int])
    forwarding: dict[str, str] = field(default_factory=dict[str, str])


def parse(text: str) -> dict[str, Server]:
    """The table, by ``tcp 192.0.2.1:80``, ``tcp [2001:db8::1]:80`` or, where a firewall mark tells, ``mark 8000``."""
    table: dict[str, Server] = {}
    server: Server | None = None
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["->"]:
            if server and len(words) >= _DESTINATION_WORDS and ":" in words[1] and words[3].isdigit():
                endpoint = _endpoint(words[1])
                server.weights[endpoint] = int(words[3])
                server.forwarding[endpoint] = FORWARDING.get(words[2], words[2])
        elif len(words) >= _SERVER_WORDS and words[0] in ("TCP", "UDP", "FWM"):
            server = Server(words[2])
            known_by = f"mark {int(words[1], 16)}" if words[0] == "FWM" else f"{words[0].lower()} {_endpoint(words[1])}"
            table[known_by] = server
        else:
            server = None
    return table


def endpoint(address: str, port: int) -> str:
    """An address with its port, as the table's keys and the agent's words have it."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _endpoint(text: str) -> str:
    """The kernel's spelling: ``CB007102:0050``, or ``[2001:0db8:0000:...:0002]:0050``."""
    address, _, port = text.rpartition(":")
    spelt = IPv6Address(address[1:-1]) if address.startswith("[") else IPv4Address(int(address, 16))
    return endpoint(str(spelt), int(port, 16))
