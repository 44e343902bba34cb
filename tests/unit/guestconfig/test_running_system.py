"""What the agent reads of the running system: parsers, on recordings of keepalived 2.2.7 and of ip_vs's table."""

from pathlib import Path

import pytest

from guestconfig.agent import interfaces, ipvs, vrrp
from guestconfig.agent.guest import Guest, StepError

RECORDINGS = Path(__file__).parent / "recordings"


def test_keepalived_dump_tells_the_state_of_each_instance():
    dump = (RECORDINGS / "keepalived.data").read_text()
    assert vrrp.parse(dump) == {"VI_1": "MASTER"}
    two = dump.replace("------< VRRP Sockpool", " VRRP Instance = VI_2\n   State = FAULT\n------< VRRP Sockpool")
    assert vrrp.parse(two) == {"VI_1": "MASTER", "VI_2": "FAULT"}


def test_the_states_of_interfaces_are_not_taken_for_an_instances():
    assert vrrp.parse(" VRRP Instance = VI_1\n------< Interfaces >------\n   State = UP, RUNNING\n") == {}


def test_the_ipvs_table_is_read_in_decimal():
    assert ipvs.parse((RECORDINGS / "ip_vs-two-servers").read_text()) == {
        "tcp 203.0.113.2:80": ipvs.Server(
            "rr",
            {"203.0.113.21:80": 1, "203.0.113.22:80": 3},
            {"203.0.113.21:80": "direct-routing", "203.0.113.22:80": "direct-routing"},
        ),
        "udp 203.0.113.2:53": ipvs.Server("wlc", {}),
    }


def nic(root: Path, name: str, mac: str, *, physical: bool = True) -> Path:
    place = root / "sys/class/net" / name
    place.mkdir(parents=True)
    (place / "address").write_text(f"{mac}\n")
    if physical:
        (place / "device").mkdir()
    return place


def test_only_a_physical_nic_is_found_by_its_mac(tmp_path: Path):
    nic(tmp_path, "vrrp.51", "fa:16:3e:00:00:01", physical=False)
    nic(tmp_path, "enp1s0", "FA:16:3E:00:00:01")
    assert interfaces.names_by_mac(Guest(tmp_path)) == {"fa:16:3e:00:00:01": "enp1s0"}


def test_a_bonded_nic_is_found_by_its_own_mac(tmp_path: Path):
    place = nic(tmp_path, "ens4", "fa:16:3e:00:00:01")
    (place / "bonding_slave").mkdir()
    (place / "bonding_slave/perm_hwaddr").write_text("fa:16:3e:00:00:02\n")
    assert interfaces.names_by_mac(Guest(tmp_path)) == {"fa:16:3e:00:00:02": "ens4"}


def test_the_word_for_an_interface_becomes_its_name():
    texts = interfaces.substitute(
        {"/a": "interface @nic:lan@;"}, {"lan": "FA:16:3e:00:00:01"}, {"fa:16:3e:00:00:01": "x"}
    )
    assert texts == {"/a": "interface x;"}


def test_an_interface_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(StepError) as failure:
        interfaces.substitute(
            {"/a": "@nic:wan@ @nic:lan@"}, {"lan": "fa:16:3e:00:00:01"}, {"fa:16:3e:00:00:09": "ens3"}
        )
    assert failure.value.log == [
        "network wan: no NIC with MAC (none given)",
        "network lan: no NIC with MAC fa:16:3e:00:00:01",
        "NICs here: ens3 fa:16:3e:00:00:09",
    ]
