"""The probe and the judgement against a real keepalived pair in network namespaces: a failover drill without a cloud.

What it decides: that real failovers are measured and judged right, and the formula holds for Debian's keepalived. What
it cannot: guests, address pairs, the console, the cloud's API (tests/lab). Price: a minute and a half, and
root. Both directors run at an advert a second, so that a busy machine does not blur the figures.
"""

import os
import subprocess
import time

import pytest
from tests.drill.pair import DIRECTORS, Pair
from tests.drill.probing import recorded

from drill.adverts import command, goodbyes, parse
from drill.timeline import Verdict, Window, judge

# 3 x interval + skew of priority 249, and the skew alone; each with the allowance that a stack adds.
CRASH, CLEAN_STOP = 3.027 + 0.5, 0.027 + 0.5
INTERVAL = 1.0
LEAD, HOLD = 3.0, 7.0

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces are made by root"),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    made = Pair(tmp_path_factory.mktemp("pair"), INTERVAL)
    try:
        made.wait_for_one_master()
        yield made
    finally:
        made.close()


def _drill(pair, breaks=None, mends=None, seconds=14.0):
    """One run; breaks and mends are given the master."""
    master = pair.wait_for_one_master()
    probe = pair.probe(seconds)
    capture = pair.capture(command("br0"))
    time.sleep(LEAD)
    broke = time.time()
    if breaks:
        breaks(master)
    time.sleep(HOLD)
    mended = time.time()
    if mends:
        mends(master)
    record = recorded(probe, seconds + 10)
    capture.terminate()
    return record, Window(broke, mended), parse(capture.communicate(timeout=10)[0].decode()), master


def test_nothing_is_lost_where_nothing_breaks(pair):
    record, _, adverts, _ = _drill(pair, seconds=8.0)
    judgement = judge(record, None, dict.fromkeys(record.targets, CLEAN_STOP))
    assert judgement.verdict is Verdict.KEPT, judgement.reasons
    assert adverts, "the capture saw the pair"


def test_a_crash_takes_three_intervals_and_is_no_goodbye(pair):
    record, window, adverts, master = _drill(pair, pair.cut, pair.plug)
    judgement = judge(record, window, dict.fromkeys(record.targets, CRASH), INTERVAL)
    assert judgement.verdict is Verdict.KEPT, judgement.reasons
    assert goodbyes(adverts) == (), "a crash that says goodbye measures something else"
    silent = [advert for advert in adverts if advert.source != DIRECTORS[master][0]]
    assert silent, "the other director took over"


def test_a_killed_keepalived_costs_no_more_than_a_crash(pair):
    record, window, adverts, master = _drill(pair, lambda name: pair.kill(name, pause=1), seconds=16.0)
    judgement = judge(record, window, dict.fromkeys(record.targets, CRASH))
    assert judgement.verdict is Verdict.KEPT, judgement.reasons
    assert judgement.targets[0].failover, "it took the virtual IP away before anybody else had noticed"
    assert goodbyes(adverts) == (), "children that outlive their parent say goodbye: that is a clean stop"
    assert pair.wait_for_one_master() != master, "started again it is BACKUP, and the other has heard nothing"


def test_a_keepalived_started_again_after_the_others_noticed_costs_nothing(pair):
    record, window, _, master = _drill(pair, lambda name: pair.kill(name, pause=5), seconds=19.0)
    judgement = judge(record, window, dict.fromkeys(record.targets, CLEAN_STOP))
    assert judgement.verdict is Verdict.KEPT, judgement.reasons
    assert pair.wait_for_one_master() != master, "RestartSec in the unit's drop-in has its length from this"


def test_a_clean_stop_says_goodbye_and_takes_the_skew(pair):
    record, window, adverts, master = _drill(pair, pair.stop, pair.start)
    judgement = judge(record, window, dict.fromkeys(record.targets, CLEAN_STOP))
    assert judgement.verdict is Verdict.KEPT, judgement.reasons
    assert [advert.source for advert in goodbyes(adverts)] == [DIRECTORS[master][0]]


def test_a_broken_promise_is_seen(pair):
    record, window, _, _ = _drill(pair, pair.cut, pair.plug)
    judgement = judge(record, window, dict.fromkeys(record.targets, 0.5))
    assert judgement.verdict is Verdict.BROKEN, "the judgement that never fails proves nothing"
    assert len(judgement.reasons) == len(record.targets), judgement.reasons


def test_the_namespaces_are_gone_afterwards(tmp_path):
    made = Pair(tmp_path, INTERVAL)
    made.close()
    left = subprocess.run(["ip", "netns", "list"], check=True, capture_output=True, text=True).stdout
    assert made.prefix not in left, "a test leaves nothing behind on the machine"
