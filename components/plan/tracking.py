"""What comes and goes with a VRRP instance: what it depends on, and the routes and rules of its master.

Features make these, ``vrrp.with_features`` hands them to the instances, keepalived's template writes them. Deliberately
knows no feature.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network


@dataclass(frozen=True)
class TrackProcess:
    """A process that must be there: while none of this name runs, the instances that track it are in FAULT.

    The kernel tells keepalived of its end at once; that it no longer answers nobody sees. Deliberately no script that
    asks it: keepalived 2.2.7 takes whole seconds for its interval, and ends its own check (``-t``) by SIGTERM where the
    script's user is not root. ``process`` is the name in /proc/<pid>/comm. ``delay`` is for how long, in seconds, it
    may be away while it is restarted.
    """

    name: str
    process: str
    delay: float


@dataclass(frozen=True)
class TrackFile:
    """A file with a number, which lowers the priority of the instances that track it (``VrrpInstance.file_weight``)."""

    name: str
    path: str


@dataclass(frozen=True)
class VirtualRoute:
    """A route of the director that is master, or of each director (gateway.py): keepalived has the same words for both.

    ``network`` is the key of the network whose NIC it leaves by.

    ``gateway`` None: the destination is on the link. ``source`` is the preferred source address, ``table`` None the
    main table.
    """

    destination: IPv4Network | IPv6Network
    network: str
    gateway: IPv4Address | IPv6Address | None = None
    source: IPv4Address | IPv6Address | None = None
    table: int | None = None


@dataclass(frozen=True)
class VirtualRule:
    """A policy rule of the director that is master: packets from and to these look into ``table``."""

    table: int
    priority: int
    source: IPv4Network | IPv6Network | None = None
    destination: IPv4Network | IPv6Network | None = None
