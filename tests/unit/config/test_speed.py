"""A thousand real servers: checked and planned in a fraction of a second, twice as many in about twice the time.

This rung decides that no rule compares each with each. Rendering has its own bench; the figures that are promised are
measured there, on an idle machine.
"""

from ipaddress import IPv4Address
from typing import Any

import pytest

from components.config.check import check
from components.config.errors import StackFileError
from components.config.yaml_text import parse
from components.plan.stack import StackPlan, plan_stack
from tests.unit.timing import growth, seconds

FIRST = IPv4Address("10.0.4.0")


def large(changed: Any, count: int) -> dict[str, Any]:
    spread = {f"n{i}": {"cidr": f"172.{16 + i // 256}.{i % 256}.0/24"} for i in range(count // 10)}
    return changed(
        {
            "networks": {"web": {"cidr": "10.0.0.0/16", "excluded-ranges": ["10.0.0.0-10.0.3.255"]}, **spread},
            "virtual-ips.www.address": "10.0.0.2",
            "directors.nics.0.addresses": ["10.0.0.3", "10.0.0.4"],
            "real-servers.servers": {f"web-{i}": {"address": str(FIRST + i), "weight": i % 9} for i in range(count)},
        }
    )


def planned(nouns: dict[str, Any]) -> StackPlan:
    return plan_stack("large", check(nouns))


def test_a_thousand_real_servers_are_planned_at_once(changed) -> None:
    nouns = large(changed, 1000)
    assert len(planned(nouns).hosts) == 1003
    assert seconds(lambda: planned(nouns), 0.5) < 0.5, "validate is for typing and looking, again and again"


def test_the_time_grows_as_the_file_does(changed) -> None:
    twice, once = large(changed, 2000), large(changed, 1000)
    ratio = growth(lambda: planned(twice), lambda: planned(once), 3)
    assert ratio < 3, f"twice the real servers took {ratio:.1f} times as long: some rule compares each with each"


def test_findings_are_made_as_fast(changed) -> None:
    nouns = large(changed, 2000)
    for server in nouns["real-servers"]["servers"].values():
        server["address"] = "10.0.4.0"

    def refused() -> None:
        with pytest.raises(StackFileError, match="1999 findings"):
            check(nouns)

    assert seconds(refused, 2) < 2, "a file full of errors must not hang the editor"


def test_a_large_file_is_read_in_a_second() -> None:
    text = "".join(f"web-{i}: {{ address: 10.0.4.1, weight: 3 }}\n" for i in range(1000))
    assert seconds(lambda: parse(text, "large"), 1) < 1
