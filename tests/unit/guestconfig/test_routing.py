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


def test_what_the_kernel_says_is_written_as_the_configuration_is():
    there = [*routing.routes(json.loads(ROUTES)), *routing.rules(json.loads(RULES), routing.PROTOCOL)]
    assert sorted(there) == sorted(routing.lines_of(CONFIGURATION)), "else the guest mends for ever"


def test_rules_of_others_are_not_ours():
    assert routing.rules(json.loads(RULES), "18") == ["rule from 172.3.15.38 table 104 priority 1040"]


def test_a_configuration_of_such_lines_passes(tmp_path):
    candidate = tmp_path / "routing.conf"
    candidate.write_text(CONFIGURATION)
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
    ],
)
def test_any_other_line_is_refused(tmp_path, line: str):
    candidate = tmp_path / "routing.conf"
    candidate.write_text(f"{CONFIGURATION}{line}\n")
    with pytest.raises(StepError):
        checking.check(routing.CONFIG, candidate, "routing")
