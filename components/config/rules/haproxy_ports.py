"""``haproxy``: who has which port of the directors' own addresses, and who may reach it.

The ports of virtual IPs are compared in ``endpoints.py``.
"""

from collections.abc import Iterator

from components.config.base import PortRange
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.rules.endpoints import endpoints
from components.config.services import Protocol

# What listens on every address of a director besides HAProxy: keepalived, conntrackd and rsyslog have no TCP port.
_SSH = 22


def own_addresses_are_listened_on_once(draft: Draft) -> Iterator[Finding]:
    """On a director's own address a port belongs to one frontend, or to the statistics page."""
    if draft.haproxy is None:
        return
    page = draft.haproxy.stats_page
    first = {page.port: "the statistics page"} if page else {}
    for name, frontend in draft.haproxy.frontends.items():
        for port in dict.fromkeys(bind.port for bind in frontend.bind if frontend.own_addresses):
            before = first.setdefault(port, f"frontend {name}")
            if before != f"frontend {name}":
                yield Finding(
                    at("haproxy", "frontends", name, "own-addresses"),
                    f"port {port} of the directors' own addresses is {before}'s already",
                    "On each address a port belongs to one listener",
                    "Choose another port, or remove the key",
                )


def own_ports_are_apart(draft: Draft) -> Iterator[Finding]:
    """HAProxy could not start."""
    config = draft.haproxy
    if config is None or config.stats_page is None or config.peers is None:
        return
    if (config.stats_page.network, config.stats_page.port) == (config.peers.network, config.peers.port):
        yield Finding(
            at("haproxy", "peers", "port"),
            f"{config.peers.port} is the statistics page's port already",
            "Both listen on the directors' own addresses on this network",
            "Choose another port for one of them",
        )


def peers_port_is_for_peers(draft: Draft) -> Iterator[Finding]:
    """A port is let in by its number, whichever address it is asked at: clients' ports from anywhere."""
    peers = draft.haproxy.peers if draft.haproxy else None
    if peers is None:
        return
    port = PortRange(first=peers.port, last=peers.port)
    for endpoint in endpoints(draft):
        if endpoint.protocol is Protocol.TCP and endpoint.ports.overlaps(port):
            yield Finding(
                endpoint.where,
                f"{endpoint.ports} {'is' if endpoint.ports == port else 'holds'} the peers' port",
                "Clients' ports are let in from anywhere, on the directors' own addresses too, and nothing else guards "
                "the peers': whoever reaches it may write the directors' stick tables",
                f"Choose another port, here or at {at('haproxy', 'peers', 'port')}",
            )


def sshd_keeps_its_port(draft: Draft) -> Iterator[Finding]:
    """``haproxy -c`` binds nothing, so only the start would fail: HAProxy's, or that of sshd where it comes second."""
    for where, port in _listeners(draft):
        if port == _SSH:
            yield Finding(
                where,
                f"{port} is the port of the directors' sshd",
                "sshd listens on every address of a director, virtual IPs too, so HAProxy could not start",
                "Choose another port",
            )


def _listeners(draft: Draft) -> Iterator[tuple[str, int]]:
    haproxy = draft.haproxy
    if haproxy is None:
        return
    for name, frontend in haproxy.frontends.items():
        for index, bind in enumerate(frontend.bind):
            yield at("haproxy", "frontends", name, "bind", index, "port"), bind.port
    for key, config in (("stats-page", haproxy.stats_page), ("peers", haproxy.peers)):
        if config:
            yield at("haproxy", key, "port"), config.port
