"""The failover bounds by the RFCs' formulas, and the priorities that make them short.

This rung decides the arithmetic. That keepalived keeps the bound is measured by the drill.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.config.guests import MOST_DIRECTORS
from components.plan.stack import plan_stack
from components.plan.vrrp import ALLOWANCE, HIGHEST_PRIORITY, failover_bound, skew, virtual_mac

INTERVALS = st.integers(min_value=1, max_value=4095).map(lambda hundredths: hundredths / 100)
PRIORITIES = st.integers(min_value=1, max_value=254)


@pytest.mark.parametrize(
    ("priority", "interval", "version", "seconds"),
    [
        (100, 1.0, 3, 156 / 256),
        (249, 1.0, 3, 7 / 256),
        (249, 0.1, 3, 0.7 / 256),
        (100, 10.0, 3, 1560 / 256),
        (100, 10.0, 2, 156 / 256),
        (254, 40.95, 3, 81.9 / 256),
    ],
)
def test_the_skew_is_the_rfcs(priority: int, interval: float, version: int, seconds: float) -> None:
    assert skew(priority, interval, version) == pytest.approx(seconds), (
        "RFC 5798, 6.1: ((256 - Priority) * Master_Adver_Interval) / 256; RFC 3768, 6.1: (256 - Priority) / 256"
    )


def test_the_bounds_of_the_examples() -> None:
    bound = failover_bound(priority=249, interval=1.0, version=3)
    assert bound.crash == pytest.approx(3 + 7 / 256 + ALLOWANCE, abs=0.001), "3 x interval + skew + allowance"
    assert bound.clean_stop == pytest.approx(7 / 256 + ALLOWANCE, abs=0.001), "skew + allowance"


@given(PRIORITIES, INTERVALS)
def test_a_crash_takes_three_intervals_more_than_a_clean_stop(priority: int, interval: float) -> None:
    bound = failover_bound(priority, interval, version=3)
    assert bound.crash - bound.clean_stop == pytest.approx(3 * interval, abs=0.002)


@given(PRIORITIES, INTERVALS)
def test_a_backup_waits_less_than_an_interval_beyond_the_three(priority: int, interval: float) -> None:
    assert 0 < skew(priority, interval, version=3) < interval


def test_the_promise_is_the_slowest_backups(configured) -> None:
    config = configured({"directors.count": 5, "directors.nics.0.addresses": "DELETE"})
    instance = plan_stack("s", config).instances[0]
    priorities = [instance.priority(director) for director in instance.directors]
    assert priorities == [250, 249, 248, 247, 246], "close together, so that every backup's skew is short"
    assert instance.bound == failover_bound(246, 1.0, 3), "whoever is left must keep the promise"


def test_every_director_can_have_a_priority_of_its_own() -> None:
    assert HIGHEST_PRIORITY - (MOST_DIRECTORS - 1) == 1, "0 says goodbye and 255 owns the address (RFC 5798, 5.2.4)"


@pytest.mark.parametrize(
    ("vrid", "family", "mac"),
    [
        (1, 4, "00:00:5e:00:01:01"),
        (51, 4, "00:00:5e:00:01:33"),
        (255, 4, "00:00:5e:00:01:ff"),
        (51, 6, "00:00:5e:00:02:33"),
    ],
)
def test_the_virtual_mac_is_the_rfcs(vrid: int, family: int, mac: str) -> None:
    assert virtual_mac(vrid, family) == mac, "RFC 5798, 7.3; lower case as Neutron writes it"


@pytest.mark.parametrize(
    ("said", "interval"),
    [
        ({}, 1.0),
        ({"timing": "standard"}, 1.0),
        ({"timing": "fast"}, 0.1),
        ({"advert-interval": 0.2}, 0.2),
    ],
)
def test_the_promise_follows_the_profile(configured, said: dict[str, object], interval: float) -> None:
    config = configured({f"vrrp.{key}": value for key, value in said.items()})
    (instance,) = plan_stack("s", config).instances
    assert instance.advert_interval == interval
    assert instance.bound == failover_bound(249, interval, 3)
