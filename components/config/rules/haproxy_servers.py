"""``haproxy.backends``: servers with an address that is the stack's own.

A frontend may well be another one's server: one that reads the name in a TLS greeting passes on to one that ends TLS.
The directors' loopback is the operator's: nothing of ours listens there by TCP.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from components.config.base import IPAddress, PortRange
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.haproxy.load_balancer import HaproxyConfig
from components.config.rules.addresses import owners_on_directors
from components.config.services import Protocol

# Beside the keys of virtual IPs, of which none is empty: the directors' own addresses.
_OWN = ""


@dataclass(frozen=True)
class _Server:
    """A server with an address: where that is written, and where HAProxy connects to."""

    where: str
    backend: str
    name: str
    address: IPAddress
    port: int


# A frontend or a backend; a way from one to the next, from a backend by a server.
_Node = tuple[str, str]
_Way = tuple[_Node, _Server | None]


def _servers(draft: Draft) -> Iterator[_Server]:
    for key, backend in draft.backends.items():
        for name, server in backend.servers.items():
            if server.address:
                where = at("haproxy", "backends", key, "servers", name, "address")
                yield _Server(where, key, name, server.address, server.port or backend.port)


def _places(draft: Draft) -> dict[IPAddress, str]:
    """The addresses on directors: by which name ``_listeners`` has them."""
    own = dict.fromkeys(owners_on_directors(draft), _OWN)
    return own | {vip.address: key for key, vip in draft.virtual_ips.items()}


def _listeners(haproxy: HaproxyConfig) -> dict[tuple[str, int], str]:
    """The frontends by virtual IP and port; of two at one place the rules of ports speak."""
    found: dict[tuple[str, int], str] = {}
    for name, frontend in haproxy.frontends.items():
        for bind in frontend.bind:
            found.setdefault((bind.virtual_ip, bind.port), name)
            if frontend.own_addresses:
                found.setdefault((_OWN, bind.port), name)
    return found


def directors_listen_where_they_are_asked(draft: Draft) -> Iterator[Finding]:
    """What a director has of its own besides, the other one could not reach. Who asks IPVS is not judged."""
    if draft.haproxy is None or not draft.is_complete("services"):
        return
    places, listeners, page = _places(draft), _listeners(draft.haproxy), draft.haproxy.stats_page
    balanced = {key for service in draft.services.values() for key in service.vips}
    owners = owners_on_directors(draft)
    for server in _servers(draft):
        place = places.get(server.address)
        is_page = place == _OWN and page is not None and page.port == server.port
        if place is None or place in balanced or is_page or (place, server.port) in listeners:
            continue
        yield Finding(
            server.where,
            f"{server.address} is {owners[server.address]}, where no frontend listens on port {server.port}",
            "At their own addresses and the virtual IPs the directors let in the frontends' ports and the statistics "
            "page's alone",
            "Name the host that serves, or a frontend's port; what each director has for itself is at 127.0.0.1",
        )


def connections_come_to_an_end(draft: Draft) -> Iterator[Finding]:
    """A circle of frontends and servers: HAProxy would connect to itself until it has no connection left."""
    if draft.haproxy is None:
        return
    for server in _closing(_ways(draft, draft.haproxy)):
        yield Finding(
            server.where,
            f"{server.address} port {server.port} leads back to backend {server.backend}, by the frontend there",
            "Each connection would make the next one, until HAProxy has no more",
            "Name the host that serves",
        )


def _ways(draft: Draft, haproxy: HaproxyConfig) -> dict[_Node, list[_Way]]:
    """From each frontend to its backends, from each backend to the frontends that are servers of it."""
    places, listeners = _places(draft), _listeners(haproxy)
    ways: dict[_Node, list[_Way]] = {}
    for name, frontend in haproxy.frontends.items():
        used = dict.fromkeys([frontend.default_backend, *(use.backend for use in frontend.use_backends)])
        ways["frontend", name] = [(("backend", key), None) for key in used]
    for server in _servers(draft):
        place = places.get(server.address)
        listener = None if place is None else listeners.get((place, server.port))
        if listener:
            ways.setdefault(("backend", server.backend), []).append((("frontend", listener), server))
    return ways


def _closing(ways: Mapping[_Node, list[_Way]]) -> Iterator[_Server]:
    """The last server of each circle. Without recursion, for a chain may be longer than Python's stack."""
    seen: set[_Node] = set()
    for start in ways:
        path: dict[_Node, tuple[_Server | None, Iterator[_Way]]] = {}
        if start not in seen:
            seen.add(start)
            path[start] = (None, iter(ways[start]))
        while path:
            entered, onward = path[next(reversed(path))]
            for node, server in onward:
                last = server or entered
                if node in path and last:
                    yield last
                elif node not in seen:
                    seen.add(node)
                    path[node] = (server, iter(ways.get(node, ())))
                    break
            else:
                path.popitem()


def real_servers_are_asked_by_name(draft: Draft) -> Iterator[Finding]:
    """They let the directors in for backends that name them. Those that are there already are the operator's."""
    real, haproxy = draft.real_servers, draft.haproxy
    if real is None or haproxy is None or not draft.is_complete("services"):
        return
    ours = frozenset(real.own_keys)
    owners = {own: key for key in ours & set(real.servers) for own in real.servers[key].addresses.values()}
    asked = _asked_ports(haproxy, ours)
    ranges = [s.real_ports for s in draft.services.values() if s.real_ports and s.protocol is Protocol.TCP]
    for server in _servers(draft):
        owner, port = owners.get(server.address), PortRange(first=server.port, last=server.port)
        if server.name in ours:
            yield Finding(
                server.where,
                f"{server.address} is given, and {server.name} is a real server of the stack",
                "A server without an address is the real server of its name, which then lets the directors in; one "
                "with an address is somebody else, and statistics and logs would take the two for one",
                "Remove the address, or rename the server",
            )
        elif owner and server.port not in asked and not any(ports.overlaps(port) for ports in ranges):
            yield Finding(
                server.where,
                f"{server.address} is real server {owner}, which lets nobody in at port {server.port}",
                "A real server lets the directors in where a backend asks it by its name",
                f"Write {owner} instead of {server.name}, without an address",
            )


def _asked_ports(haproxy: HaproxyConfig, ours: frozenset[str]) -> set[int]:
    """The ports that the real servers of the stack open for HAProxy, each all of them."""
    ports: set[int] = set()
    for backend in haproxy.backends.values():
        named = {server.port or backend.port for key, server in backend.servers.items() if key in ours}
        ports |= named if backend.servers else {backend.port}
    return ports
