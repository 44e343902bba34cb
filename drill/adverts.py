"""VRRP adverts as a capture shows them: the command that captures, the parser, and who said goodbye.

Where the wire can be reached (a lab), this proves what kind of fault happened: a guest that was killed sent no advert
of priority 0, one that was stopped did (RFC 5798, 6.4.3). A drill of another's cloud cannot capture and does without.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

# A line: 1795250563.907712 IP 198.51.100.12 > 198.51.100.11: VRRPv3, Advertisement, vrid 51, prio 0, intvl 100cs, ...
# After the time stands the packet's way (tapXXX In) where the capture is one of all interfaces.
_ADVERT = re.compile(
    r"^(?P<at>\d+\.\d+) (?:\S+ +\w+ +)?IP6? (?P<source>[0-9a-f.:]+) > [0-9a-f.:]+: "
    r"VRRPv\d, Advertisement, vrid (?P<vrid>\d+), prio (?P<priority>\d+),"
)


@dataclass(frozen=True)
class Advert:
    """One advert; ``at`` is the capturing machine's wall clock."""

    at: float
    source: str
    virtual_router_id: int
    priority: int


def command(interface: str) -> list[str]:
    """Capture every advert on an interface, until ended; a line each, written at once."""
    # It would become the user tcpdump, who is not there where the program was only unpacked.
    return ["tcpdump", "-Z", "root", "-i", interface, "-l", "-nn", "-tt", "proto 112"]


def parse(text: str) -> tuple[Advert, ...]:
    """The adverts in the output; what is no advert is passed over."""
    return tuple(
        Advert(float(found["at"]), found["source"], int(found["vrid"]), int(found["priority"]))
        for found in map(_ADVERT.match, text.splitlines())
        if found
    )


def goodbyes(adverts: Iterable[Advert]) -> tuple[Advert, ...]:
    """The adverts by which a master gave up of its own accord."""
    return tuple(advert for advert in adverts if advert.priority == 0)
