"""A director whose health checks have taken its real servers out while it was cut off, and its return.

What it decides: that the other director stays master, and that no advert of before, which waited in the kernel for its
peer's MAC, says otherwise. What it cannot: the health checks themselves, which want IPVS (tests/lab); what they would
tell the VRRP instances the test writes. Price: a minute, and root.
"""

import os
import re
import time

import pytest
from tests.drill.probing import recorded
from tests.drill.rendered import PORT, ROOT, Rendered
from tests.waiting import until

from components.config.load import load_file
from components.plan.stack import plan_stack
from drill.timeline import Window, judge

STACK = ROOT / "stacks/Pulumi.dual-stack.yaml"
FOUR, SIX = "198.51.100.2", "2001:db8:51::2"
TARGETS = (f"{FOUR}:{PORT}", FOUR, f"[{SIX}]:{PORT}", SIX)
# Adverts leave each second: some before the real servers are lost, and one after it.
BEFORE, AFTER, WATCH = 4.5, 2.0, 8.0
QUORUM_DOWN = re.compile(r"quorum_down \"/bin/sh -c '(.+)'\" root")

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces are made by root"),
    pytest.mark.timeout(300),
]


class Pair(Rendered):
    """The shipped pair without its virtual servers; ``commands`` are what those of a director would run."""

    def __init__(self, folder):
        self.commands = {}
        super().__init__(folder, plan_stack("dual-stack", load_file(STACK)), edit=self._without_virtual_servers)

    def _without_virtual_servers(self, text):
        director = re.search(r"router_id dual-stack-(\S+)", text)[1]
        # The machine's folder is every director's here.
        text = text.replace("/run/vipstack-quorum", str(self.folder / f"{director}-quorum"))
        self.commands[director] = QUORUM_DOWN.findall(text)
        # A cut-off master repeats itself each 12 s: by chance at its return, before it hears of the other.
        text = re.sub(r"(vrrp_garp_master_refresh) \d+", r"\1 0", text)
        # Of two that wait in vain the higher priority waits less: for the control, by more than a busy machine takes.
        text = re.sub(r"weight -2\b", "weight -100", text)
        return text.split("\nvirtual_server ")[0]


@pytest.fixture
def pair(tmp_path):
    made = Pair(tmp_path)
    try:
        yield made
    finally:
        made.close()


def away_at_the_return(pair, quorum_down):
    """What each target lost when the first director came back without its real servers; None is nothing."""
    first, second = pair.directors
    if pair.wait_for_one_master(FOUR, SIX) != first:
        pair.processes[second].terminate()
        pair.start_keepalived(second)
        until(lambda: all(pair.holders(vip) == [first] for vip in (FOUR, SIX)), "the first is master", seconds=30)
    pair.cut(first, "web")
    until(lambda: all(second in pair.holders(vip) for vip in (FOUR, SIX)), "the second took over", seconds=10)
    # What the kernel does some ten to fifty seconds after it last heard of the second.
    pair.ip(first, "neighbour flush dev eth0")
    until(lambda: len(pair.unanswered(first, second)) == 2, "the first asks for the second, over both", seconds=10)
    probe = pair.probe(BEFORE + AFTER + WATCH, *TARGETS)
    time.sleep(BEFORE)
    for command in quorum_down:
        pair.run(first, ["sh", "-c", command])
    time.sleep(AFTER)
    returned = time.time()
    pair.mend(first, "web")
    record = recorded(probe, 60)
    judgement = judge(record, Window(returned, returned + WATCH), dict.fromkeys(TARGETS, WATCH))
    assert all(pair.holders(vip) == [second] for vip in (FOUR, SIX)), "whatever it cost, it ends so"
    return [target.failover for target in judgement.targets]


def test_a_director_without_its_real_servers_returns_without_a_word_of_its_former_priority(pair):
    assert away_at_the_return(pair, pair.commands[pair.directors[0]]) == [None] * len(TARGETS)


def test_with_the_adverts_that_waited_both_would_give_way(pair):
    """The control: the second believes the old priority, and the first, by its new one, the second."""
    commands = [command.split(";")[0] for command in pair.commands[pair.directors[0]]]
    away = away_at_the_return(pair, commands)
    assert all(away), "every target was away"
    assert min(outage.at_most for outage in away) > 2.0, "until the first to wait in vain takes over again"
