"""The parser of captures, on what tcpdump printed at a crash and at a clean stop of a real pair."""

from pathlib import Path

import pytest

from drill.adverts import Advert, goodbyes, parse

_RECORDINGS = Path(__file__).parent / "recordings"


@pytest.fixture
def crash():
    return parse((_RECORDINGS / "adverts-crash.txt").read_text())


@pytest.fixture
def clean_stop():
    return parse((_RECORDINGS / "adverts-clean-stop.txt").read_text())


def test_every_advert_is_read(crash, clean_stop):
    assert (len(crash), len(clean_stop)) == (10, 15)


def test_an_advert_of_ipv6_is_read():
    line = (
        "1795261963.268647 IP6 2001:db8:51::3 > 2001:db8:51::6: "
        "VRRPv3, Advertisement, vrid 51, prio 250, intvl 100cs, length 40"
    )
    assert parse(line) == (Advert(1795261963.268647, "2001:db8:51::3", 51, 250),)


def test_a_clean_stop_says_goodbye(clean_stop):
    (goodbye,) = goodbyes(clean_stop)
    assert (goodbye.source, goodbye.virtual_router_id) == ("198.51.100.12", 51)


def test_a_crash_says_none_though_another_master_follows(crash):
    assert goodbyes(crash) == ()
    assert [advert.source for advert in crash[3:5]] == ["198.51.100.11", "198.51.100.12"], "both masters are seen"
    assert crash[4].at - crash[3].at > 3, "the backup waited three intervals"


def test_a_capture_of_every_interface_is_read_too():
    adverts = parse((_RECORDINGS / "adverts-every-interface.txt").read_text())
    assert [(advert.source, advert.priority) for advert in adverts] == 3 * [("203.0.113.6", 249)], (
        "what a compute host of the lab sees of one advert"
    )
