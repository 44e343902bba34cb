"""What a guest gets, seen by the one who delivers it: allowed paths, and expectations that the agent can check."""

import json
from typing import Any

import pytest

from components.plan.stack import StackPlan
from guestconfig import paths
from tests.unit.rendering.plans import files_of, plan

PLANS = {
    "small": plan(),
    "static": plan(services={"http": {"virtual-ip": "www", "port": 80, "ipvs": "static"}}),
    "sysctl": plan(real_servers={"arp-silence": "sysctl"}),
    "guarded": plan(directors={"port-security": "stateless"}),
}


NAMES = "/etc/systemd/resolved.conf.d/vipstack.conf"


@pytest.mark.parametrize("host", ["real-server-1", "observer"])
def test_a_guest_finds_names_in_its_networks_domain(host: str) -> None:
    made = plan(
        networks={"web": {"cidr": "203.0.113.0/27", "search-domain": "a.example", "dns-servers": ["192.0.2.53"]}}
    )
    assert files_of(host, made)[NAMES].splitlines()[1:] == ["[Resolve]", "DNS=192.0.2.53", "Domains=a.example"]
    alone = plan(networks={"web": {"cidr": "203.0.113.0/27", "search-domain": "a.example"}})
    assert files_of(host, alone)[NAMES].splitlines()[1:] == ["[Resolve]", "Domains=a.example"]
    assert NAMES not in files_of(host, PLANS["small"]), "without a domain DHCP says it all"


def test_a_director_asks_nobody_by_multicast() -> None:
    made = plan(networks={"web": {"cidr": "203.0.113.0/27", "search-domain": "a.example"}})
    assert {"Domains=a.example", "LLMNR=no"} <= set(files_of("director-1", made)[NAMES].splitlines())
    assert {"LLMNR=no", "MulticastDNS=no"} <= set(files_of("director-1", PLANS["small"])[NAMES].splitlines())


def expected(host: str, made: StackPlan) -> dict[str, Any]:
    return json.loads(files_of(host, made)["/etc/vipstack/expect.json"])


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("host", ["director-1", "real-server-1", "observer"])
def test_the_channel_carries_every_file_and_knows_every_unit(name: str, host: str) -> None:
    files = files_of(host, PLANS[name])
    assert list(files) == sorted(files), "the order of files must not depend on how they were made"
    assert not paths.refused(files), "a file that the guest's agent would refuse"
    assert set(expected(host, PLANS[name])["units"]) <= paths.UNITS, "a unit that the agent would refuse"
    assert all(text.endswith("\n") for text in files.values()), "a file without an end of line"


def test_a_director_expects_its_instance_its_table_and_its_daemons() -> None:
    assert expected("director-1", PLANS["small"]) == {
        "vrrp": [{"instance": "www", "interface": "vrrp.51", "virtual_ips": ["203.0.113.2"]}],
        "ipvs": [
            {
                "protocol": "tcp",
                "address": "203.0.113.2",
                "port": 80,
                "scheduler": "wlc",
                "forwarding": "direct-routing",
                "table": "keepalived",
                "real_servers": [
                    {"address": "203.0.113.18", "port": 80, "weight": 1},
                    {"address": "203.0.113.19", "port": 80, "weight": 1},
                ],
            }
        ],
        "local_addresses": {},
        "web": None,
        "units": ["keepalived.service", "nftables.service"],
    }


def test_a_real_server_expects_the_virtual_ip_and_an_answer_on_it() -> None:
    assert expected("real-server-1", PLANS["small"]) == {
        "vrrp": [],
        "ipvs": [],
        "local_addresses": {"eth-vip": ["203.0.113.2"]},
        "web": {"address": "203.0.113.2", "port": 80},
        "units": ["apache2.service", "vipstack-arp-silence.service", "vipstack-eth-vip.service"],
    }


def test_without_a_virtual_mac_the_virtual_ip_is_expected_on_the_nic() -> None:
    made = plan(vrrp={"virtual-mac": False})
    assert expected("director-1", made)["vrrp"][0]["interface"] == "@nic:web@"


def test_no_answer_is_expected_of_a_server_that_serves_only_udp() -> None:
    made = plan(services={"http": {"virtual-ip": "www", "port": 53, "protocol": "udp"}})
    assert expected("real-server-1", made)["web"] is None


def test_an_observer_gets_expectations_and_nothing_else() -> None:
    assert list(files_of("observer", PLANS["small"])) == ["/etc/vipstack/expect.json"]
