"""Who listens where: each port of a virtual IP belongs to one noun.

Whoever serves on a virtual IP adds its claims here, so that they are compared with everybody's.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from components.config.base import PortRange
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.services import Protocol


@dataclass(frozen=True)
class Endpoint:
    """Ports of a virtual IP: where they are claimed, and by whom."""

    where: str
    virtual_ip: str
    protocol: Protocol
    ports: PortRange
    owner: str


def endpoints(draft: Draft) -> Iterator[Endpoint]:
    """Every claim, in the file's order."""
    for name, service in draft.services.items():
        ports = service.clients_ports
        for vip in dict.fromkeys(service.vips):
            if ports:
                yield Endpoint(at("services", name), vip, service.protocol, ports, f"service {name}")
    for name, frontend in draft.frontends.items():
        for index, bind in enumerate(frontend.bind):
            ports = PortRange(first=bind.port, last=bind.port)
            where = at("haproxy", "frontends", name, "bind", index)
            yield Endpoint(where, bind.virtual_ip, Protocol.TCP, ports, f"frontend {name}")


def endpoints_are_apart(draft: Draft) -> Iterator[Finding]:
    """IPVS takes a packet before anybody else sees it, and of its own entries one."""
    groups: dict[tuple[str, Protocol], list[tuple[int, Endpoint]]] = {}
    for index, endpoint in enumerate(endpoints(draft)):
        groups.setdefault((endpoint.virtual_ip, endpoint.protocol), []).append((index, endpoint))
    for group in groups.values():
        group.sort(key=lambda entry: entry[1].ports.first)
        widest = group[0]
        for entry in group[1:]:
            if entry[1].ports.overlaps(widest[1].ports):
                first, second = sorted((widest, entry), key=lambda other: other[0])
                yield _finding(first[1], second[1])
            if entry[1].ports.last > widest[1].ports.last:
                widest = entry


def _finding(first: Endpoint, second: Endpoint) -> Finding:
    if first.ports == second.ports:
        got = f"{second.virtual_ip} port {second.ports}/{second.protocol} is {first.owner} already"
    else:
        got = f"{second.virtual_ip} port {second.ports}/{second.protocol} meets {first.ports} of {first.owner}"
    return Finding(
        second.where,
        got,
        "Each port of a virtual IP is somebody's once for each protocol, for a packet goes to one place",
        "Change one of them, or remove one",
    )
