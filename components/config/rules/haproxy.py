"""``haproxy``: what HAProxy, the directors and the cloud can serve together.

Source: HAProxy 2.6's configuration manual, and what ``haproxy -c`` refuses.
"""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.haproxy.backends import Balance, SendProxy
from components.config.haproxy.modes import Mode
from components.config.real_servers import WebServer

_NAMED = frozenset({Balance.HEADER, Balance.URL_PARAMETER})
_OF_HTTP = _NAMED | {Balance.URI}


def modes_agree(draft: Draft) -> Iterator[Finding]:
    """HAProxy refuses a frontend that passes bytes on before a backend that reads requests, and the other way round."""
    for name, frontend in draft.frontends.items():
        wanted = {use.backend for use in frontend.use_backends} | {frontend.default_backend}
        for key in sorted(wanted & set(draft.backends)):
            backend = draft.backends[key]
            if backend.mode is not frontend.mode:
                yield Finding(
                    at("haproxy", "frontends", name, "mode"),
                    f"the frontend is {frontend.mode}, its backend {key} is {backend.mode}",
                    "Both read requests (http), or both pass bytes on (tcp)",
                    f"Make them agree, here or at {at('haproxy', 'backends', key, 'mode')}",
                )


def algorithms_have_what_they_need(draft: Draft) -> Iterator[Finding]:
    """``haproxy -c`` refuses them otherwise, on the guest."""
    for name, backend in draft.backends.items():
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


def hurried_checks_hurry(draft: Draft) -> Iterator[Finding]:
    """A director that was cut off finds its servers again by them."""
    for name, backend in draft.backends.items():
        check = backend.check
        if check.fast_interval is not None and check.fast_interval > check.interval:
            yield Finding(
                at("haproxy", "backends", name, "check", "fast-interval"),
                f"{check.fast_interval:g} s is longer than the interval, {check.interval:g} s",
                "A server that is out would be asked more rarely than one that is in",
                "Shorten it, or leave it out for a quarter of the interval",
            )


def a_frontend_has_no_more_than_all(draft: Draft) -> Iterator[Finding]:
    """HAProxy takes both numbers and goes by the lower one. What was left out is no promise."""
    if draft.haproxy is None:
        return
    most = draft.haproxy.maxconn
    for name, frontend in draft.haproxy.frontends.items():
        if "maxconn" in frontend.model_fields_set and frontend.maxconn > most:
            yield Finding(
                at("haproxy", "frontends", name, "maxconn"),
                f"{frontend.maxconn} is more than {most}, the connections of all frontends together",
                "All of them never have more, so this number would never be reached",
                f"Lower it, or raise {at('haproxy', 'maxconn')}",
            )


def directors_reach_the_servers(draft: Draft) -> Iterator[Finding]:
    """The real servers let in the directors by their addresses on the real servers' network."""
    if draft.directors is None or draft.real_servers is None:
        return
    network = draft.real_servers.network
    if network not in draft.networks or network in {nic.network for nic in draft.directors.nics}:
        return
    for name, backend in draft.backends.items():
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
    if servers is None or servers.web_server is not WebServer.APACHE2:
        return
    for name, backend in draft.backends.items():
        ours = not backend.servers or any(server.address is None for server in backend.servers.values())
        if ours and backend.send_proxy is not SendProxy.NONE:
            yield Finding(
                at("haproxy", "backends", name, "send-proxy"),
                "the real servers run the example web server",
                "It does not speak the PROXY protocol and would refuse every request; X-Forwarded-For it logs",
                f"Remove it, or set {at('real-servers', 'web-server')} to none and bring your own",
            )
