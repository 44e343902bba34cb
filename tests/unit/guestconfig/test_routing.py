"""The guest's routing tables: lines, and what the kernel says, on recordings of iproute2 6.1. Pure."""

import json

import pytest

from guestconfig.agent import checking, routing
from guestconfig.agent.guest import StepError

ROUTES = """[{"dst":"default","gateway":"172.3.15.1","dev":"eth0","table":"101","flags":[]},
{"dst":"172.3.15.0/24","dev":"eth0","table":"101","scope":"253","flags":["linkdown"]},
{"dst":"default","gateway":"172.3.15.1","dev":"eth0","table":"104","metric":100,"flags":[]}]"""
RULES = """[{"priority":0,"src":"all","table":"255"},
{"priority":1010,"src":"172.3.15.36","table":"101","protocol":"118"},
{"priority":1011,"src":"all","dst":"172.3.15.36","table":"101","protocol":"118"},
{"priority":1040,"src":"172.3.15.38","table":"104","protocol":"18"},
{"priority":32764,"src":"all","table":"254","suppress_prefixlen":0,"protocol":"118"},
{"priority":32765,"src":"all","table":"101","protocol":"118"},{"priority":32766,"src":"all","table":"254"}]"""

CONFIGURATION = """\
# nic-front
route 172.3.15.0/24 dev eth0 table 101
route default via 172.3.15.1 dev eth0 table 101
route default via 172.3.15.1 dev eth0 table 104 metric 100
rule from 172.3.15.36 table 101 priority 1010
rule to 172.3.15.36 table 101 priority 1011

rule table main suppress_prefixlength 0 priority 32764
rule table 101 priority 32765
"""


ROUTES6 = """[{"dst":"default","gateway":"fe80::1","dev":"eth1","table":"102","metric":1024,"flags":[],"pref":"medium"},
{"dst":"2001:db8:50::/64","dev":"eth1","table":"102","metric":1024,"flags":[],"pref":"medium"},
{"dst":"default","gateway":"2001:db8:15::1","dev":"eth0","table":"105","metric":2048,"flags":[],"pref":"medium"}]"""
RULES6 = """[{"priority":0,"src":"all","table":"255"},
{"priority":1020,"src":"2001:db8:50::36","table":"102","protocol":"118"},
{"priority":1021,"src":"all","dst":"2001:db8:50::36","table":"102","protocol":"118"},
{"priority":32764,"src":"all","table":"254","suppress_prefixlen":0,"protocol":"118"},
{"priority":32765,"src":"all","table":"102","protocol":"118"},{"priority":32766,"src":"all","table":"254"}]"""

CONFIGURATION6 = """\
-6 route default via fe80::1 dev eth1 table 102
-6 route 2001:db8:50::/64 dev eth1 table 102
-6 route default via 2001:db8:15::1 dev eth0 table 105 metric 2048
-6 rule from 2001:db8:50::36 table 102 priority 1020
-6 rule to 2001:db8:50::36 table 102 priority 1021
-6 rule table main suppress_prefixlength 0 priority 32764
-6 rule table 102 priority 32765
"""


def test_what_the_kernel_says_of_ipv6_is_written_as_the_configuration_is():
    there = routing.routes(json.loads(ROUTES6), routing.SIX)
    there += routing.rules(json.loads(RULES6), routing.PROTOCOL, routing.SIX)
    assert there == routing.lines_of(CONFIGURATION6), "a metric that nobody said is the kernel's own word"


def test_each_line_is_asked_of_its_family(monkeypatch):
    asked: list[str] = []
    monkeypatch.setattr(routing.commands, "run", lambda words: (asked.append(" ".join(words)), (0, []))[1])
    for line in (routing.lines_of(CONFIGURATION)[0], *CONFIGURATION6.splitlines()[::3]):
        assert routing.add(line) is None
    routing.delete(CONFIGURATION6.splitlines()[-1])
    assert asked == [
        "ip -4 route replace 172.3.15.0/24 dev eth0 table 101 protocol 118",
        "ip -6 route replace default via fe80::1 dev eth1 table 102 protocol 118",
        "ip -6 rule add from 2001:db8:50::36 table 102 priority 1020 protocol 118",
        "ip -6 rule add table 102 priority 32765 protocol 118",
        "ip -6 rule delete table 102 priority 32765 protocol 118",
    ]


def test_a_kernel_without_ipv6_has_none_of_it_and_ipv4_is_asked_all_the_same(monkeypatch):
    refused = (2, ["RTNETLINK answers: Operation not supported"])
    rows = {"route": ROUTES.splitlines(), "rule": RULES.splitlines()}
    monkeypatch.setattr(routing.commands, "run", lambda words: refused if "-6" in words else (0, rows[words[4]]))
    assert sorted(routing.present()) == sorted(routing.lines_of(CONFIGURATION))


def test_what_the_kernel_says_is_written_as_the_configuration_is():
    there = [*routing.routes(json.loads(ROUTES)), *routing.rules(json.loads(RULES), routing.PROTOCOL)]
    assert sorted(there) == sorted(routing.lines_of(CONFIGURATION)), "else the guest mends for ever"


def test_rules_of_others_are_not_ours():
    assert routing.rules(json.loads(RULES), "18") == ["rule from 172.3.15.38 table 104 priority 1040"]


def test_a_configuration_of_such_lines_passes(tmp_path):
    candidate = tmp_path / "routing.conf"
    candidate.write_text(CONFIGURATION + CONFIGURATION6)
    checking.check(routing.CONFIG, candidate, "routing")


@pytest.mark.parametrize(
    "line",
    [
        "link set eth0 down",
        "netns exec x reboot",
        "route default via 172.3.15.1 dev eth0",
        "route 172.3.15.0/24 dev eth0 table main",
        "rule from 172.3.15.36 table 101",
        "rule table main priority 5",
        "rule from 172.3.15.36 table 101 priority 1010 goto 9",
        "route default via 172.3.15.1 dev eth0 onlink table 101",
        "route default via fe80::1 dev eth0 table 101",
        "-6 route default via 172.3.15.1 dev eth0 table 101",
        "-6 rule from 2001:db8::36/64 table 101 priority 1010",
        "-6 link set eth0 down",
        "--6 route default via fe80::1 dev eth0 table 101",
    ],
)
def test_any_other_line_is_refused(tmp_path, line: str):
    candidate = tmp_path / "routing.conf"
    candidate.write_text(f"{CONFIGURATION}{line}\n")
    with pytest.raises(StepError):
        checking.check(routing.CONFIG, candidate, "routing")
