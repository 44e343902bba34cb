"""``haproxy``: what HAProxy, the directors and the cloud can serve together.

Source: HAProxy 2.6's configuration manual, and what ``haproxy -c`` refuses.
"""

import re
from collections.abc import Iterator
from ipaddress import ip_network

from components.config.draft import Draft
from components.config.errors import Finding, at, shown
from components.config.haproxy.backends import Balance, SendProxy
from components.config.haproxy.frontends import Match
from components.config.haproxy.modes import Mode
from components.config.real_servers import WebServer

# What HAProxy's configuration takes literally: no blanks, quotes, comments or escapes.
_WORD = re.compile(r"[A-Za-z0-9._~:/?@!$&()*+,;=%\[\]-]+")

_OF_TCP = frozenset({Match.SOURCE, Match.SERVER_NAME})
_NAMED = frozenset({Balance.HEADER, Balance.URL_PARAMETER})
_OF_HTTP = _NAMED | {Balance.URI}


def modes_agree(draft: Draft) -> Iterator[Finding]:
    """HAProxy refuses a frontend that passes bytes on before a backend that reads requests, and the other way round."""
    if draft.haproxy is None:
        return
    for name, frontend in draft.haproxy.frontends.items():
        wanted = {use.backend for use in frontend.use_backends} | {frontend.default_backend}
        for key in sorted(wanted & set(draft.haproxy.backends)):
            backend = draft.haproxy.backends[key]
            if backend.mode is not frontend.mode:
                yield Finding(
                    at("haproxy", "frontends", name, "mode"),
                    f"the frontend is {frontend.mode}, its backend {key} is {backend.mode}",
                    "Both read requests (http), or both pass bytes on (tcp)",
                    f"Make them agree, here or at {at('haproxy', 'backends', key, 'mode')}",
                )


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


def requests_are_read_where_they_are_judged(draft: Draft) -> Iterator[Finding]:
    """In tcp mode there is no request: HAProxy would warn and pass the condition over."""
    if draft.haproxy is None:
        return
    for name, frontend in draft.haproxy.frontends.items():
        if frontend.mode is not Mode.TCP:
            continue
        for index, acl in enumerate(frontend.acls):
            if acl.match not in _OF_TCP:
                yield Finding(
                    at("haproxy", "frontends", name, "acls", index, "match"),
                    f"{acl.match} is part of a request, but the frontend's mode is tcp",
                    "In mode tcp HAProxy reads no requests; it knows the source, and the server name of a TLS greeting",
                    "Choose source or server-name, or set the mode to http",
                )
        if frontend.forward_for and "forward_for" in frontend.model_fields_set:
            yield Finding(
                at("haproxy", "frontends", name, "forward-for"),
                "X-Forwarded-For is asked for, but the frontend's mode is tcp",
                "In mode tcp HAProxy writes no headers",
                "Tell the client's address by the PROXY protocol (send-proxy of the backend), or set the mode to http",
            )


def values_are_words(draft: Draft) -> Iterator[Finding]:
    """A blank would end the value, a # the line, and a line break would begin one of the operator's own."""
    if draft.haproxy is None:
        return
    for name, frontend in draft.haproxy.frontends.items():
        for index, acl in enumerate(frontend.acls):
            for place, value in enumerate(acl.values):
                if not _WORD.fullmatch(value):
                    yield Finding(
                        at("haproxy", "frontends", name, "acls", index, "values", place),
                        f"{shown(value)} is not a single word of HAProxy's configuration",
                        "A value has ASCII letters, digits and . _ ~ : / ? @ ! $ & ( ) * + , ; = % [ ] -",
                        "Write each value by itself; in a path, other characters are encoded (%20)",
                    )


def sources_are_addresses(draft: Draft) -> Iterator[Finding]:
    """HAProxy takes a name there too, and asks for it once, at its start."""
    if draft.haproxy is None:
        return
    for name, frontend in draft.haproxy.frontends.items():
        for index, acl in enumerate(frontend.acls):
            for place, value in enumerate(acl.values if acl.match is Match.SOURCE else ()):
                if _WORD.fullmatch(value) and not _is_subnet(value):
                    yield Finding(
                        at("haproxy", "frontends", name, "acls", index, "values", place),
                        f"{value} is not a subnet",
                        "A source is compared with addresses or subnets",
                        "Write an address such as 203.0.113.9 or a subnet such as 203.0.113.0/27",
                    )


def _is_subnet(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def algorithms_have_what_they_need(draft: Draft) -> Iterator[Finding]:
    """``haproxy -c`` refuses them otherwise, on the guest."""
    if draft.haproxy is None:
        return
    for name, backend in draft.haproxy.backends.items():
        where = at("haproxy", "backends", name, "balance")
        if backend.balance in _NAMED and backend.balance_on is None:
            what = "header" if backend.balance is Balance.HEADER else "URL parameter"
            yield Finding(
                where,
                f"{backend.balance} does not say on which {what}",
                f"Servers are picked by the value of one {what}",
                f"Name it in {at('haproxy', 'backends', name, 'balance-on')}",
            )
        elif backend.balance not in _NAMED and backend.balance_on is not None:
            yield Finding(
                at("haproxy", "backends", name, "balance-on"),
                f"{backend.balance} looks at no header and no URL parameter",
                "Only hdr and url_param do",
                "Remove it, or choose one of these",
            )
        if backend.balance in _OF_HTTP and backend.mode is Mode.TCP:
            yield Finding(
                where,
                f"{backend.balance} looks at requests, but the backend's mode is tcp",
                "In mode tcp HAProxy reads no requests",
                "Choose another algorithm, or set the mode to http",
            )


def directors_reach_the_servers(draft: Draft) -> Iterator[Finding]:
    """The real servers let in the directors by their addresses on the real servers' network."""
    if draft.haproxy is None or draft.directors is None or draft.real_servers is None:
        return
    network = draft.real_servers.network
    if network not in draft.networks or network in {nic.network for nic in draft.directors.nics}:
        return
    for name, backend in draft.haproxy.backends.items():
        if not backend.servers or any(server.address is None for server in backend.servers.values()):
            yield Finding(
                at("haproxy", "backends", name),
                f"its real servers are on network {network}, where the directors have no NIC",
                "HAProxy connects to them from the directors' addresses on their network, and they let in only those",
                f"Add {{ network: {network} }} to {at('directors', 'nics')}",
            )


def the_example_web_server_speaks_no_proxy_protocol(draft: Draft) -> Iterator[Finding]:
    """It would answer each request with status 400."""
    servers = draft.real_servers
    if draft.haproxy is None or servers is None or servers.web_server is not WebServer.APACHE2:
        return
    for name, backend in draft.haproxy.backends.items():
        ours = not backend.servers or any(server.address is None for server in backend.servers.values())
        if ours and backend.send_proxy is not SendProxy.NONE:
            yield Finding(
                at("haproxy", "backends", name, "send-proxy"),
                "the real servers run the example web server",
                "It does not speak the PROXY protocol and would refuse every request; X-Forwarded-For it logs",
                f"Remove it, or set {at('real-servers', 'web-server')} to none and bring your own",
            )


def not_everybody_is_believed(draft: Draft) -> Iterator[Finding]:
    """Whoever may speak the PROXY protocol says which client it is."""
    if draft.haproxy is None:
        return
    for name, frontend in draft.haproxy.frontends.items():
        for index, network in enumerate(frontend.proxy_protocol_from):
            if network.prefixlen == 0:
                yield Finding(
                    at("haproxy", "frontends", name, "proxy-protocol-from", index),
                    f"{network} is everybody",
                    "Who speaks the PROXY protocol says which client it comes from, and is believed; clients that do "
                    "not speak it are refused",
                    "Name the proxies before this one",
                )
