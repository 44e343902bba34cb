"""Reads which TCP endpoints somebody listens on, from /proc/net/tcp and tcp6: no program has to be installed for it.

A line begins ``0: 0200A8C0:0050 00000000:0000 0A``: an address is one word or four, each in the machine's byte order.
"""

from __future__ import annotations

import socket
import struct

from guestconfig.agent import ipvs

PLACES = ("/proc/net/tcp", "/proc/net/tcp6")

_LISTEN = "0A"  # TCP_LISTEN in the kernel's net/tcp_states.h
_WORD = 8  # digits


def parse(text: str) -> frozenset[str]:
    """The endpoints, each as ``address:port``, an IPv6 address in brackets."""
    found: set[str] = set()
    for line in text.splitlines()[1:]:
        words = line.split()
        if len(words) > 3 and words[3] == _LISTEN:  # noqa: PLR2004 - the fourth column
            address, _, port = words[1].partition(":")
            packed = b"".join(
                struct.pack("=I", int(address[start : start + _WORD], 16)) for start in range(0, len(address), _WORD)
            )
            family = socket.AF_INET if len(address) == _WORD else socket.AF_INET6
            found.add(ipvs.endpoint(socket.inet_ntop(family, packed), int(port, 16)))
    return frozenset(found)
