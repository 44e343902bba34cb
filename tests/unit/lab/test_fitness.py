"""Can decide: that a lab is not started over another flavour's. Cannot: whether anything runs."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lab import fitness
from lab.errors import LabError
from lab.layout import Layout, Network


def _lab(home: Path, network: Network, rooms: list[str]) -> Any:
    return SimpleNamespace(layout=Layout(home, network), rooms=SimpleNamespace(names=lambda: rooms))


def test_a_running_lab_of_the_other_flavour_is_named_with_both_ways_out(tmp_path: Path) -> None:
    Layout(tmp_path, Network.OVN).note_network()

    with pytest.raises(LabError) as refused:
        fitness.refuse_another_flavour(_lab(tmp_path, Network.OVS, ["control"]))

    words = str(refused.value)
    assert "it runs with the network ovn" in words
    assert "ovs was asked for" in words
    assert "`vipstack lab down` first, or `vipstack lab up --network ovn`" in words


@pytest.mark.parametrize(("wanted", "rooms"), [(Network.OVN, ["control"]), (Network.OVS, [])])
def test_the_same_flavour_goes_on_and_a_lab_that_is_down_may_change(
    tmp_path: Path, wanted: Network, rooms: list[str]
) -> None:
    Layout(tmp_path, Network.OVN).note_network()

    fitness.refuse_another_flavour(_lab(tmp_path, wanted, rooms))
