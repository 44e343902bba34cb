"""Who listens where, read from recordings of the kernel's own tables."""

from pathlib import Path

from guestconfig.agent.listeners import parse

RECORDINGS = Path(__file__).parent / "recordings"


def test_listeners_are_told_from_connections():
    found = parse((RECORDINGS / "tcp").read_text())
    assert found == {"203.0.113.2:80", "203.0.113.3:8404"}, "a connection to a web server listens nowhere"


def test_an_ipv6_listener_is_written_as_haproxy_writes_it():
    assert parse((RECORDINGS / "tcp6").read_text()) == {"[2001:db8::2]:443"}


def test_an_empty_table_holds_nobody():
    assert parse("") == frozenset()
