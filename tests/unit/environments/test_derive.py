"""An environment's stack file: what moves, what stays, and that it is a good stack file."""

from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.base import AddressRange
from components.config.load import load_file
from components.config.yaml_text import parse
from environments.derive import Wish, derive, parse_ranges
from environments.errors import EnvError
from environments.ranges import DEFAULT_RANGES, Taken

STACKS = Path(__file__).parents[3] / "stacks"
END = datetime(2026, 11, 21, 20, 15, tzinfo=UTC)


def derived(file: Path, name: str = "pr-1", taken: Taken | None = None, ranges: Any = DEFAULT_RANGES) -> dict[str, Any]:
    document, _ = parse(file.read_text(), str(file))
    assert isinstance(document, dict)
    return derive(document, load_file(file), Wish(name, END, protected=False, ranges=ranges), taken or Taken())


def on_an_existing_network(folder: Path) -> Path:
    """lvs-dr on a network that is there already."""
    document = yaml.safe_load((STACKS / "Pulumi.lvs-dr.yaml").read_text())
    del document["config"]["vipstack:networks"]["web"]["router"]
    del document["config"]["vipstack:virtual-ips"]["www"]["floating-ip"]
    document["config"]["vipstack:networks"]["web"] |= {"existing": "office"}
    del document["config"]["vipstack:networks"]["web"]["allocation-pools"]
    file = folder / "Pulumi.shared.yaml"
    file.write_text(yaml.safe_dump(document))
    return file


@pytest.mark.parametrize("origin", sorted(STACKS.glob("Pulumi.*.yaml")), ids=lambda path: path.stem)
def test_what_is_made_of_every_shipped_stack_is_a_good_stack_file_with_an_end(origin: Path, tmp_path: Path):
    file = tmp_path / "Pulumi.pr-1.yaml"
    file.write_text(yaml.safe_dump(derived(origin)))
    config = load_file(file)
    assert config.expires == END
    assert not config.protected


def test_a_routed_network_moves_with_everything_that_is_written_of_it():
    config = derived(STACKS / "Pulumi.haproxy.yaml", ranges=parse_ranges(["10.64.0.0/27"]))["config"]
    assert config["vipstack:networks"]["web"]["cidr"] == "10.64.0.0/27"
    assert config["vipstack:networks"]["web"]["allocation-pools"] == ["10.64.0.16-10.64.0.30"]
    assert config["vipstack:virtual-ips"]["www"]["address"] == "10.64.0.2"
    assert config["vipstack:haproxy"]["stats-page"]["allow-from"] == ["10.64.0.0/27"]
    assert "203.0.113." not in str(config)
    assert config["vipstack:package-mirror"] == "http://192.0.2.1:8088/debian", "not an address of the network"


def test_both_families_of_a_routed_network_move():
    config = derived(STACKS / "Pulumi.dual-stack.yaml")["config"]
    ipv6 = config["vipstack:networks"]["web"]["ipv6"]
    assert ip_network(ipv6["cidr"]).subnet_of(DEFAULT_RANGES[1])
    assert ip_address(config["vipstack:virtual-ips"]["www6"]["address"]) in ip_network(ipv6["cidr"])


def test_a_hidden_network_repeats_its_origin_s_addresses():
    config = derived(STACKS / "Pulumi.vrrp.yaml")["config"]
    assert config["vipstack:networks"]["ha-lab"]["cidr"] == "10.200.51.0/24", "it is alone on a network of its own"
    assert config["vipstack:vrrp"]["instances"]["vrrp-1"]["virtual-router-id"] == 1


def test_a_wider_subnet_that_begins_with_the_same_address_stays(tmp_path: Path):
    document = yaml.safe_load((STACKS / "Pulumi.haproxy.yaml").read_text())
    document["config"]["vipstack:haproxy"]["stats-page"]["allow-from"] = ["203.0.113.0/24", "203.0.113.0/28"]
    file = tmp_path / "Pulumi.haproxy.yaml"
    file.write_text(yaml.safe_dump(document))
    config = derived(file, ranges=parse_ranges(["10.64.0.0/27"]))["config"]
    assert config["vipstack:haproxy"]["stats-page"]["allow-from"] == ["203.0.113.0/24", "10.64.0.0/28"]


def test_two_environments_of_one_stack_differ_where_they_meet():
    ours, theirs = (derived(STACKS / "Pulumi.lvs-dr.yaml", name)["config"] for name in ("pr-1", "pr-2"))
    assert ours["vipstack:networks"]["web"]["cidr"] != theirs["vipstack:networks"]["web"]["cidr"]


def test_a_range_that_somebody_has_is_not_taken():
    first = ip_network(derived(STACKS / "Pulumi.lvs-dr.yaml")["config"]["vipstack:networks"]["web"]["cidr"])
    wider = first.supernet(prefixlen_diff=3)
    config = derived(STACKS / "Pulumi.lvs-dr.yaml", taken=Taken(subnets=(wider,)))["config"]
    assert not ip_network(config["vipstack:networks"]["web"]["cidr"]).overlaps(wider)


def test_an_environment_keeps_the_range_that_it_has():
    held = {"pr-1-web": (ip_network("10.9.9.32/27"),)}
    config = derived(STACKS / "Pulumi.lvs-dr.yaml", taken=Taken(held=held))["config"]
    assert config["vipstack:networks"]["web"]["cidr"] == "10.9.9.32/27", "another one would replace every server"


def test_where_no_range_is_free_it_says_so():
    with pytest.raises(EnvError, match=r"no free range of the size /27 in 10\.64\.0\.0/27"):
        derived(
            STACKS / "Pulumi.lvs-dr.yaml",
            taken=Taken(subnets=(ip_network("10.64.0.0/26"),)),
            ranges=parse_ranges(["10.64.0.0/27"]),
        )


def test_on_an_existing_network_addresses_and_router_ids_are_its_own(tmp_path: Path):
    others = frozenset(map(ip_address, ["203.0.113.7", "203.0.113.8"]))
    taken = Taken(
        addresses={"office": others},
        router_ids={"office": frozenset(range(1, 256)) - {51, 77, 78}},
        pools={"office": (AddressRange(first=IPv4Address("203.0.113.12"), last=IPv4Address("203.0.113.29")),)},
    )
    config = derived(on_an_existing_network(tmp_path), taken=taken)["config"]
    fixed = [
        config["vipstack:virtual-ips"]["www"]["address"],
        *config["vipstack:directors"]["nics"][0]["addresses"],
        *(server["address"] for server in config["vipstack:real-servers"]["servers"].values()),
    ]
    assert fixed == [f"203.0.113.{n}" for n in (9, 10, 11, 30, 12)], "free, not the origin's, a pool's last"
    assert config["vipstack:networks"]["web"]["cidr"] == "203.0.113.0/27"
    assert config["vipstack:vrrp"]["instances"]["www"]["virtual-router-id"] in (77, 78)


def test_on_an_existing_network_an_environment_keeps_the_addresses_that_it_has(tmp_path: Path):
    taken = Taken(held={"pr-1-www": (ip_address("203.0.113.14"),)})
    config = derived(on_an_existing_network(tmp_path), taken=taken)["config"]
    assert config["vipstack:virtual-ips"]["www"]["address"] == "203.0.113.14"


def test_ciphertext_stays_as_it_is():
    document = yaml.safe_load((STACKS / "Pulumi.lvs-dr.yaml").read_text())
    document["config"]["vipstack:vrrp-password"] = {"secure": "v1:203.0.113.2:abc"}
    document["encryptionsalt"] = "v1:salt"
    made = derive(document, load_file(STACKS / "Pulumi.lvs-dr.yaml"), Wish("pr-1", END, True, DEFAULT_RANGES), Taken())
    assert made["config"]["vipstack:vrrp-password"] == {"secure": "v1:203.0.113.2:abc"}
    assert made["encryptionsalt"] == "v1:salt", "without it nobody could decrypt them"
    assert made["config"]["vipstack:protected"] == "true"


def test_existing_real_servers_are_not_shared(tmp_path: Path):
    document = yaml.safe_load((STACKS / "Pulumi.lvs-dr.yaml").read_text())
    document["config"]["vipstack:real-servers"]["servers"]["apache-1"]["existing"] = True
    file = tmp_path / "Pulumi.lvs-dr.yaml"
    file.write_text(yaml.safe_dump(document))
    with pytest.raises(EnvError) as refused:
        derived(file)
    assert refused.value.where == "vipstack:real-servers.servers.apache-1"


def test_a_range_that_is_none_is_refused():
    with pytest.raises(EnvError, match="--ranges"):
        parse_ranges(["10.64.0.1/16"])
