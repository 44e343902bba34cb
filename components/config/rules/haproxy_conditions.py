"""``haproxy.frontends``: what is asked of a connection or a request, and which backend then gets it.

Source: HAProxy 2.6's configuration manual. ``haproxy -c`` takes a condition that is never met.
"""

import re
from collections.abc import Iterator
from ipaddress import ip_network

from components.config.draft import Draft
from components.config.errors import Finding, at, shown
from components.config.haproxy.frontends import Match
from components.config.haproxy.modes import Mode

# What HAProxy's configuration takes literally: no blanks, quotes, comments or escapes.
_WORD = re.compile(r"[A-Za-z0-9._~:/?@!$&()*+,;=%\[\]-]+")

_OF_TCP = frozenset({Match.SOURCE, Match.SERVER_NAME})
_PATHS = frozenset({Match.PATH, Match.PATH_BEGINS, Match.PATH_ENDS})
_NAMES = frozenset({Match.HOST, Match.SERVER_NAME})


def requests_are_read_where_they_are_judged(draft: Draft) -> Iterator[Finding]:
    """In tcp mode there is no request: HAProxy would warn and pass the condition over."""
    for name, frontend in draft.frontends.items():
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
    for where, _, value in _values(draft):
        if not _WORD.fullmatch(value):
            yield Finding(
                where,
                f"{shown(value)} is not a single word of HAProxy's configuration",
                "A value has ASCII letters, digits and . _ ~ : / ? @ ! $ & ( ) * + , ; = % [ ] -",
                "Write each value by itself; in a path, other characters are encoded (%20)",
            )


def sources_are_addresses(draft: Draft) -> Iterator[Finding]:
    """HAProxy takes a name there too, and asks for it once, at its start."""
    for where, match, value in _values(draft):
        if match is Match.SOURCE and _WORD.fullmatch(value) and not _is_subnet(value):
            yield Finding(
                where,
                f"{value} is not a subnet",
                "A source is compared with addresses or subnets",
                "Write an address such as 203.0.113.9 or a subnet such as 203.0.113.0/27",
            )


def _values(draft: Draft) -> Iterator[tuple[str, Match, str]]:
    """Each value of a condition, after where it is written and what it is compared with."""
    for name, frontend in draft.frontends.items():
        for index, acl in enumerate(frontend.acls):
            for place, value in enumerate(acl.values):
                yield at("haproxy", "frontends", name, "acls", index, "values", place), acl.match, value


def _is_subnet(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def values_can_match(draft: Draft) -> Iterator[Finding]:
    """A condition that is never met sends everybody elsewhere, and nothing tells."""
    for where, match, value in _values(draft):
        trouble = _never(match, value) if _WORD.fullmatch(value) else None
        if trouble:
            why, remedy = trouble
            yield Finding(where, f"{match} {value} never matches", why, remedy)


def _never(match: Match, value: str) -> tuple[str, str] | None:
    """Why a value never matches, and what to do."""
    if match is Match.METHOD and value != value.upper():
        why = "Methods are in capitals, and case counts (RFC 9110, 9.1): HAProxy knows the usual ones by that alone"
        return why, f"Write {value.upper()}"
    if match in _PATHS and "?" in value:
        return "A path ends before the question mark", f"Write {value.partition('?')[0] or 'the path'}"
    if match in _PATHS - {Match.PATH_ENDS} and not value.startswith("/"):
        return "A path begins with a slash", f"Write /{value}"
    if match in _NAMES and ("/" in value or "*" in value or (":" in value and not value.endswith("]"))):
        why = "It is compared with whole names, which have no port here, and a * is a character like any other"
        return why, "Write each name in full, and nothing else"
    return None


def server_names_are_read(draft: Draft) -> Iterator[Finding]:
    """In mode http a greeting is read where TLS ends, and that takes a certificate."""
    for name, frontend in draft.frontends.items():
        if frontend.mode is not Mode.HTTP or any(bind.certificates for bind in frontend.bind):
            continue
        for index, acl in enumerate(frontend.acls):
            if acl.match is Match.SERVER_NAME:
                yield Finding(
                    at("haproxy", "frontends", name, "acls", index, "match"),
                    f"{acl.match} is part of a TLS greeting, and no bind of the frontend has certificates",
                    "In mode http without certificates HAProxy reads plain requests, which have no greeting",
                    "Choose host, add certificates to a bind, or set the mode to tcp",
                )


def exceptions_have_conditions(draft: Draft) -> Iterator[Finding]:
    """HAProxy takes the first entry that applies, and one without conditions always does."""
    for name, frontend in draft.frontends.items():
        for index, use in enumerate(frontend.use_backends):
            if not use.if_all and not use.unless_any:
                yield Finding(
                    at("haproxy", "frontends", name, "use-backends", index),
                    "it has neither if-all nor unless-any",
                    "An entry without conditions takes whatever comes to it, so that later entries and default-backend "
                    "get nothing",
                    f"Add a condition, or make {use.backend} the default-backend and remove the entry",
                )
