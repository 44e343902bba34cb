"""Can decide: what the lab's configuration files say. Cannot: whether the services take it."""

import configparser
from pathlib import Path

import pytest

from lab.configuration import texts
from lab.laboratory import Laboratory
from lab.layout import MAX_HOSTS, NETWORK_HOST, Layout, Network, compute_hosts, tunnel_address
from lab.services import nova

HOSTS = compute_hosts(3)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    return _files(tmp_path, Network.OVS)


@pytest.fixture
def ovn_files(tmp_path: Path) -> dict[str, str]:
    return _files(tmp_path, Network.OVN)


def _files(tmp_path: Path, network: Network) -> dict[str, str]:
    lab = Laboratory.at(Layout(tmp_path, network))
    return {str(path.relative_to(tmp_path)): text for path, text in texts(lab, HOSTS).items()}


def _read(text: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    return parser


@pytest.mark.parametrize("kind", ["fernet_tokens", "fernet_receipts", "credential"])
def test_keystones_keys_are_the_labs_and_not_the_hosts(files: dict[str, str], tmp_path: Path, kind: str) -> None:
    keys = _read(files["etc/keystone/keystone.conf"])[kind]["key_repository"]
    assert Path(keys).is_relative_to(tmp_path), "a state folder moved to another machine would lack them"


@pytest.mark.parametrize("host", HOSTS)
def test_a_compute_host_knows_no_database(files: dict[str, str], host: str) -> None:
    sections = _read(files[f"etc/{host}/nova.conf"]).sections()
    assert not {"database", "api_database"} & set(sections), "nova-compute refuses to start with one"


def test_only_the_network_host_has_a_way_out(files: dict[str, str]) -> None:
    outward = [host for host in HOSTS if "br-ex" in files[f"etc/{host}/neutron.conf"]]
    assert outward == [NETWORK_HOST], "an agent with a mapping but without the bridge exits"


def test_a_host_keeps_its_identity_from_one_lab_to_the_next(files: dict[str, str], tmp_path: Path) -> None:
    other = Laboratory.at(Layout(tmp_path / "other"))
    again = {path.relative_to(tmp_path / "other"): text for path, text in texts(other, HOSTS).items()}
    for host in HOSTS:
        name = f"state/{host}/nova/compute_id"
        assert again[Path(name)] == files[name], "a kept database would refuse the host as a stranger"


def test_hosts_have_different_identities(files: dict[str, str]) -> None:
    identities = {files[f"state/{host}/nova/compute_id"] for host in HOSTS}
    assert len(identities) == len(HOSTS), "two hosts of one identity share one inventory"


def test_all_services_know_one_queue(files: dict[str, str]) -> None:
    speakers = [_read(text) for name, text in files.items() if name.endswith(("nova.conf", "neutron.conf"))]
    queues = {file["DEFAULT"]["transport_url"] for file in speakers}
    assert len(queues) == 1, "a service on another queue is never heard"


def test_members_may_switch_a_routers_snat_off(files: dict[str, str]) -> None:
    policy = files["etc/neutron/policy.yaml"]
    assert "role:member" in policy, "a routed network is a router without SNAT"
    assert "rule:admin_only" in policy, "the administrator's own right must stay"


def test_networks_without_a_router_get_metadata_too(files: dict[str, str]) -> None:
    agent = _read(files[f"etc/{NETWORK_HOST}/neutron.conf"])["DEFAULT"]
    assert agent.getboolean("force_metadata"), "guests poll the metadata service for their configuration"
    assert agent.getboolean("enable_isolated_metadata"), "force_metadata alone serves nobody"


def test_every_part_of_neutron_speaks_to_the_same_two_ovn_databases(ovn_files: dict[str, str]) -> None:
    readers = ["etc/neutron/ml2.ini", *(f"etc/{host}/neutron.conf" for host in HOSTS)]
    sections = [_read(ovn_files[reader])["ovn"] for reader in readers]
    seen = {(ovn["ovn_nb_connection"], ovn["ovn_sb_connection"]) for ovn in sections}
    [(north, south)] = seen
    assert north.startswith("unix:"), "a TCP port would be another in each room"
    assert north != south, "what shall be and what is are two databases"


def test_ovn_leaves_guests_the_packet_size_of_a_real_cloud(ovn_files: dict[str, str]) -> None:
    ml2, neutron = _read(ovn_files["etc/neutron/ml2.ini"]), _read(ovn_files["etc/neutron/neutron.conf"])
    header = ml2["ml2_type_geneve"].getint("max_header_size") + 20
    room = min(ml2["ml2"].getint("path_mtu"), neutron["DEFAULT"].getint("global_physnet_mtu"))
    assert room - header == 1442, "a lab with roomier packets would hide what breaks on real clouds"


def test_each_host_has_a_tunnel_end_of_its_own() -> None:
    hosts = compute_hosts(MAX_HOSTS)
    assert len({tunnel_address(host) for host in hosts}) == len(hosts), "two ends at one address lose packets"


def test_the_flavours_keep_their_clouds_apart(files: dict[str, str], ovn_files: dict[str, str]) -> None:
    states = [{name.split("/")[0] for name in some if name.startswith("state")} for some in (files, ovn_files)]
    assert states == [{"state"}, {"state-ovn"}], "one flavour's networks mean nothing to the other"


def test_a_lab_is_known_by_the_flavour_of_its_last_start(tmp_path: Path) -> None:
    assert Layout.at_home(tmp_path).network is Network.OVS, "a home from before there were flavours"
    Layout(tmp_path, Network.OVN).note_network()
    assert Layout.at_home(tmp_path).network is Network.OVN


def test_a_cells_record_names_no_lab(tmp_path: Path) -> None:
    commands = nova.make_database(Layout(tmp_path))
    words = [word for command in commands for word in command if word.startswith(("--database", "--transport"))]
    assert len(words) == 3
    assert not [word for word in words if str(tmp_path) in word], (
        "a lab on a copy of the databases would write into the cell of the lab they were made in"
    )
