"""The load balancer in HAProxy's words: lines for haproxy.cfg, each from one noun.

Source: HAProxy 2.6's configuration manual. Deliberately chooses nothing and writes no file (``load_balancer.py``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from components.config.base import IPV4, IPV6, IPAddress
from components.config.haproxy.backends import BackendConfig, HttpServerCheck, SendProxy
from components.config.haproxy.frontends import AclConfig, FrontendConfig, Match, UseBackendConfig
from components.config.haproxy.load_balancer import Connection
from components.config.haproxy.modes import Mode
from components.plan.load_balancer import Backend, BackendServer, Frontend, Listener
from components.plan.stack import Addresses
from components.rendering.filters import duration
from components.rendering.places import endpoint, resolved
from guestconfig import paths

LOG_FORMAT = {Mode.HTTP: "httplog", Mode.TCP: "tcplog"}
CONNECTION = {Connection.SERVER_CLOSE: "server-close", Connection.KEEP_ALIVE: "keep-alive"}
SEND_PROXY = {SendProxy.V1: "send-proxy", SendProxy.V2: "send-proxy-v2"}
CRITERION = {
    Match.PATH: "path",
    Match.PATH_BEGINS: "path_beg",
    Match.PATH_ENDS: "path_end",
    Match.HOST: "hdr(host),host_only",
    Match.METHOD: "method",
    Match.SOURCE: "src",
}
# An address of IPv4 fits into a table of ipv6 (as ::ffff:203.0.113.9), one of IPv6 is not kept in a table of ip.
CLIENTS = {IPV4: "ip", IPV6: "ipv6"}
# Names that are the same in any case.
_CASELESS = frozenset({Match.HOST, Match.SERVER_NAME})


@dataclass(frozen=True)
class FrontendLines:
    """A frontend; ``waits_for_greeting``: a server name is read from a TLS greeting that is passed on unread."""

    name: str
    config: FrontendConfig
    log_format: str
    binds: tuple[str, ...]
    forwards: bool
    proxies: str
    waits_for_greeting: bool
    acls: tuple[str, ...]
    uses: tuple[str, ...]


@dataclass(frozen=True)
class BackendLines:
    """A backend; ``clients`` is the type of its stick table's keys."""

    name: str
    config: BackendConfig
    balance: str
    clients: str
    host_header: str
    servers: tuple[str, ...]


def certificate_path(name: str) -> str:
    """Where a certificate is on the guest."""
    return f"{paths.CERTIFICATES}/{name}.pem"


def listeners(one: Frontend, own: Sequence[IPAddress]) -> list[Listener]:
    """Where a frontend listens on one director: on virtual IPs and, where it is asked to, on the director's own."""
    if not one.config.own_addresses:
        return list(one.listeners)
    binds = {listener.config.port: listener.config for listener in reversed(one.listeners)}
    return [*one.listeners, *(Listener(address, bind) for address in own for _, bind in sorted(binds.items()))]


def frontend(one: Frontend, own: Sequence[IPAddress]) -> FrontendLines:
    """A frontend's lines on a director with these addresses."""
    config = one.config
    terminates = any(bind.certificates for bind in config.bind)
    return FrontendLines(
        name=one.name,
        config=config,
        log_format=LOG_FORMAT[config.mode],
        binds=tuple(_bind(listener, config.mode) for listener in listeners(one, own)),
        forwards=config.mode is Mode.HTTP and config.forward_for,
        proxies=" ".join(str(network) for network in config.proxy_protocol_from),
        waits_for_greeting=not terminates and any(acl.match is Match.SERVER_NAME for acl in config.acls),
        acls=tuple(_acl(acl, terminates=terminates) for acl in config.acls),
        uses=tuple(_use(use) for use in config.use_backends),
    )


def backend(one: Backend, addresses: Addresses) -> BackendLines:
    """A backend's lines."""
    config = one.config
    check = config.check
    host = f" ver HTTP/1.1 hdr Host {check.host}" if isinstance(check, HttpServerCheck) and check.host else ""
    named = {"hdr": f"hdr({config.balance_on})", "url_param": f"url_param {config.balance_on}"}
    return BackendLines(
        name=one.name,
        config=config,
        balance=named.get(config.balance, config.balance.value),
        clients=CLIENTS[one.clients_family],
        host_header=host,
        servers=tuple(_server(server, config, addresses) for server in one.servers),
    )


def _bind(listener: Listener, mode: Mode) -> str:
    words = [endpoint(listener.address, listener.config.port)]
    if listener.config.certificates:
        words += ["ssl", *(f"crt {certificate_path(name)}" for name in listener.config.certificates)]
        if mode is Mode.HTTP:
            words.append("alpn h2,http/1.1")
    return " ".join(words)


def _acl(acl: AclConfig, *, terminates: bool) -> str:
    criterion = CRITERION.get(acl.match, "ssl_fc_sni" if terminates else "req.ssl_sni")
    caseless = ["-i"] if acl.ignore_case or acl.match in _CASELESS else []
    return " ".join([acl.name, criterion, *caseless, "--", *acl.values])


def _use(use: UseBackendConfig) -> str:
    conditions = [*use.if_all, *(f"!{name}" for name in use.unless_any)]
    return " ".join([use.backend, *(["if", *conditions] if conditions else [])])


def _server(server: BackendServer, backend: BackendConfig, addresses: Addresses) -> str:
    address = resolved(server.address, addresses)
    check, config = backend.check, server.config
    hurried = duration(check.hurried)
    words = [f"{server.name} {endpoint(address, server.port)} check inter {duration(check.interval)}"]
    words.append(f"fastinter {hurried} downinter {hurried}")
    words.append(f"rise {check.rise} fall {check.fall} weight {config.weight}")
    if config.maxconn is not None:
        words.append(f"maxconn {config.maxconn}")
    if config.backup:
        words.append("backup")
    if backend.send_proxy in SEND_PROXY:
        words.append(SEND_PROXY[backend.send_proxy])
    return " ".join(words)
