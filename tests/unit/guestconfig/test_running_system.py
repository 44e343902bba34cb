"""What the agent reads of the running system: parsers, on recordings of keepalived 2.2.7 and of ip_vs's table."""

import json
from pathlib import Path

import pytest

from guestconfig.agent import expectations, interfaces, ipvs, vrrp
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


def test_a_firewall_mark_is_read_and_what_follows_a_scheduler_is_passed_over():
    table = ipvs.parse((RECORDINGS / "ip_vs-services").read_text())
    both = {f"203.0.113.{last}": "direct-routing" for last in (5, 4)}
    assert table["mark 8000"] == ipvs.Server(
        "rr", {f"{real}:0": 1 for real in both}, {f"{real}:0": way for real, way in both.items()}
    )
    assert table["udp 203.0.113.2:5353"].scheduler == "rr", "the flag ops stands beside it"
    assert table["tcp 203.0.113.2:81"].scheduler == "rr", "so does the persistence"
    assert len(table) == 8


def test_nat_is_told_from_direct_routing():
    table = ipvs.parse((RECORDINGS / "ip_vs-nat").read_text())
    assert table["tcp 203.0.113.2:80"] == ipvs.Server(
        "mh",
        {"10.200.60.30:8080": 1, "10.200.60.12:8080": 1, "10.200.60.11:8080": 2},
        dict.fromkeys(["10.200.60.30:8080", "10.200.60.12:8080", "10.200.60.11:8080"], "nat"),
    )
    assert table["mark 30000"].weights == {"10.200.60.30:0": 1, "10.200.60.12:0": 1, "10.200.60.11:0": 2}


def test_a_destination_that_is_this_machine_is_local():
    table = ipvs.parse("UDP  CB007102:14E9 rr \n  -> CB007103:14E9      Local   1      0          0\n")
    assert table["udp 203.0.113.2:5353"].forwarding == {"203.0.113.3:5353": "local"}


def guest_with(folder: Path, kernel: str, **entry: object) -> Guest:
    """A guest whose kernel has this table, and whose expectations have one virtual server."""
    (folder / "proc/net").mkdir(parents=True)
    (folder / "proc/net/ip_vs").write_text(kernel)
    (folder / "etc/vipstack").mkdir(parents=True)
    (folder / "etc/vipstack/expect.json").write_text(json.dumps({"ipvs": [entry]}))
    return Guest(folder)


REAL = {"address": "203.0.113.4", "port": 0, "weight": 1}
RANGE = {"mark": 8000, "scheduler": "sh", "forwarding": "direct-routing", "table": "keepalived", "real_servers": [REAL]}


def test_a_range_is_expected_by_its_mark(tmp_path: Path):
    guest = guest_with(tmp_path, "FWM  00001F40 sh \n  -> CB007104:0000      Route   1      0          0\n", **RANGE)
    assert expectations.unmet(guest) == ([], [])


def test_a_sorry_server_that_stands_in_is_a_note_and_a_stranger_is_not(tmp_path: Path):
    sorry = {"address": "203.0.113.9", "port": 0}
    table = "FWM  00001F40 sh \n  -> CB007109:0000      Route   1      0          0\n"
    missing, notes = expectations.unmet(guest_with(tmp_path / "sorry", table, **RANGE, sorry_server=sorry))
    assert missing == []
    assert notes == [
        "real server 203.0.113.4:0 is not in the table of mark 8000: its health check has not succeeded",
        "the sorry server 203.0.113.9:0 stands in at mark 8000: there is no quorum of healthy real servers",
    ]
    missing, _ = expectations.unmet(guest_with(tmp_path / "stranger", table, **RANGE))
    assert missing == ["203.0.113.9:0 is in the table of mark 8000, but not in the plan"]


def test_a_real_server_that_is_reached_another_way_is_not_as_planned(tmp_path: Path):
    table = "FWM  00001F40 sh \n  -> CB007104:0000      Masq    1      0          0\n"
    missing, _ = expectations.unmet(guest_with(tmp_path, table, **RANGE))
    assert missing == ["real server 203.0.113.4:0 of mark 8000 is reached by nat, not direct-routing"]


def test_the_ipvs_table_of_ipv6_is_read_as_addresses_are_written():
    assert ipvs.parse((RECORDINGS / "ip_vs-both-families").read_text()) == {
        "tcp 203.0.113.2:80": ipvs.Server("rr", {"203.0.113.4:80": 1}, {"203.0.113.4:80": "direct-routing"}),
        "tcp [2001:db8:51::2]:80": ipvs.Server(
            "rr",
            {"[2001:db8:51::5]:80": 1, "[2001:db8:51::4]:80": 1},
            {"[2001:db8:51::5]:80": "direct-routing", "[2001:db8:51::4]:80": "direct-routing"},
        ),
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
