"""Virtual servers in the words of keepalived.conf(5) and ipvsadm(8)."""

from dataclasses import dataclass
from ipaddress import IPv4Network

from components.config.base import IPV4, IPV6, IPAddress
from components.config.health_checks import HealthCheck, HttpCheck, NoCheck, TcpCheck, UdpCheck
from components.config.services import Forwarding, Protocol
from components.plan.forwarding import SAME_PORT, RealServer, SorryServer, VirtualServer
from components.plan.stack import Addresses
from components.plan.tracking import TrackFile
from components.rendering.places import endpoint, resolved

LVS_KIND = {Forwarding.DIRECT_ROUTING: "DR", Forwarding.NAT: "NAT"}
IPVSADM_METHOD = {Forwarding.DIRECT_ROUTING: "-g", Forwarding.NAT: "-m"}
IPVSADM_SERVICE = {Protocol.TCP: "-t", Protocol.UDP: "-u"}
CHECKER = {TcpCheck: "TCP_CHECK", UdpCheck: "UDP_CHECK", HttpCheck: "HTTP_GET"}


@dataclass(frozen=True)
class Checker:
    """A health check: the name of keepalived's checker; ``path`` None: nothing is asked for."""

    name: str
    interval: float
    timeout: float
    port: int | None
    path: str | None
    status: int | None


@dataclass(frozen=True)
class Destination:
    """A real server as keepalived names it, and as ipvsadm does."""

    keepalived: str
    ipvsadm: str
    weight: int


@dataclass(frozen=True)
class Sorry:
    """The sorry server, and the quorum that it waits for."""

    keepalived: str
    kind: str
    quorum: int
    hysteresis: int


@dataclass(frozen=True)
class Table:
    """A virtual server. ``protocol`` None: a firewall mark, which knows none. ``options`` are ipvsadm's."""

    keepalived: str
    ipvsadm: str
    protocol: str | None
    scheduler: str
    flags: tuple[str, ...]
    one_packet: bool
    kind: str
    method: str
    timeout: int | None
    netmask: str | None
    sorry: Sorry | None
    quorum_file: TrackFile | None
    checker: Checker | None
    destinations: tuple[Destination, ...]

    @property
    def options(self) -> str:
        """How it schedules, in ipvsadm's words."""
        flags = f" -b {','.join(self.flags)}" if self.flags else ""
        packet = " -o" if self.one_packet else ""
        persistence = f" -p {self.timeout}" if self.timeout else ""
        netmask = f" -M {self.netmask}" if self.netmask else ""
        return f"-s {self.scheduler}{flags}{packet}{persistence}{netmask}"


def table(server: VirtualServer, addresses: Addresses) -> Table:
    """A virtual server as the templates print it.

    Args:
        server: the plan's.
        addresses: of all ports of the stack.
    """
    first = server.addresses[0]
    at_first = endpoint(first, server.ports.first)
    marked = server.mark is not None
    persistence = server.persistence
    return Table(
        keepalived=f"fwmark {server.mark}" if marked else f"{first} {server.ports.first}",
        ipvsadm=_mark(server) if marked else f"{IPVSADM_SERVICE[server.protocol]} {at_first}",
        protocol=None if marked else server.protocol.upper(),
        scheduler=server.scheduler.value,
        flags=tuple(flag.value for flag in server.flags),
        one_packet=server.one_packet,
        kind=LVS_KIND[server.forwarding],
        method=IPVSADM_METHOD[server.forwarding],
        timeout=persistence.timeout if persistence else None,
        netmask=_netmask(persistence.prefix, first.version) if persistence and persistence.prefix else None,
        sorry=_sorry(server, server.sorry_server) if server.sorry_server else None,
        quorum_file=server.quorum_file,
        checker=_checker(server.check, server.check_port),
        destinations=tuple(_destination(real, addresses) for real in server.real_servers),
    )


def _destination(real: RealServer, addresses: Addresses) -> Destination:
    address = resolved(real.where, addresses)
    return Destination(_words(address, real.port), endpoint(address, real.port), real.weight)


def _words(address: IPAddress, port: int) -> str:
    return str(address) if port == SAME_PORT else f"{address} {port}"


def _mark(server: VirtualServer) -> str:
    family = " -6" if server.addresses[0].version == IPV6 else ""
    return f"-f {server.mark}{family}"


def _netmask(prefix: int, version: int) -> str:
    """A mask for IPv4, the length itself for IPv6: both tools want it so."""
    return str(IPv4Network((0, prefix)).netmask) if version == IPV4 else str(prefix)


def _sorry(server: VirtualServer, sorry: SorryServer) -> Sorry:
    return Sorry(
        keepalived=_words(sorry.address, sorry.port),
        kind=LVS_KIND[sorry.forwarding],
        quorum=server.quorum.weight,
        hysteresis=server.quorum.hysteresis,
    )


def _checker(check: HealthCheck, port: int | None) -> Checker | None:
    if isinstance(check, NoCheck):
        return None
    path = status = None
    if isinstance(check, HttpCheck):
        path, status = check.path.replace('"', "%22"), check.status
    return Checker(CHECKER[type(check)], check.interval, check.timeout, port, path, status)
