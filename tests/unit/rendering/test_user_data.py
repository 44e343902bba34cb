"""User data: what it must hold, what must never change it, and its size. Its schema is for tests/daemons."""

import json
import random
from base64 import b64encode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.config.errors import StackFileError
from components.config.load import load_file, stack_name
from components.plan.hosts import Feature, Host
from components.plan.stack import StackPlan, assumed_addresses, plan_stack
from components.rendering.host_tree import USER_DATA, host_tree
from components.rendering.user_data import HEADER, LARGEST_USER_DATA, user_data
from guestconfig.wire import AGENT_CONFIG_PATH, MANIFEST_PATH, Manifest
from tests.unit.rendering.plans import files_of, plan

STACKS = Path(__file__).parents[3] / "stacks"
# Of what Nova takes.
LARGEST_SHARE = 0.6
MACS = {"web": "fa:16:3e:00:00:01"}


def host(key: str, made: StackPlan) -> Host:
    return next(one for one in made.hosts if one.key == key)


def constant(key: str, made: StackPlan) -> str:
    return user_data(made, host(key, made), None, None)


def document(text: str) -> dict[str, Any]:
    return yaml.safe_load(text)


def content(text: str, path: str) -> str:
    return next(file["content"] for file in document(text)["write_files"] if file["path"] == path)


def test_the_first_line_is_cloud_init_s() -> None:
    assert constant("director-1", plan()).startswith(HEADER), "anything before it and cloud-init reads nothing"


@pytest.mark.parametrize(
    "changes",
    [
        {"services": {"http": {"virtual-ip": "www", "port": 443, "ipvs": "static", "scheduler": "rr"}}},
        {"services": None, "real_servers": None},
        {"directors": {"count": 3, "port-security": "stateless"}},
        {"vrrp": {"advert-interval": 0.2, "virtual-mac": False}},
        {"virtual_ips": {"www": {"network": "web", "address": "203.0.113.9"}}},
    ],
)
def test_a_change_of_the_stack_does_not_change_a_director_s_user_data(changes: dict[str, Any]) -> None:
    assert constant("director-1", plan(**changes)) == constant("director-1", plan()), "Nova would replace the server"


@pytest.mark.parametrize("change", [{"weight": 3}, {"arp-silence": "sysctl"}, {"count": 5}])
def test_a_change_of_the_stack_does_not_change_a_real_server_s_user_data(change: dict[str, Any]) -> None:
    assert constant("real-server-1", plan(real_servers=change)) == constant("real-server-1", plan())


def test_all_hosts_of_a_role_have_the_same() -> None:
    made = plan()
    assert constant("director-1", made) == constant("director-2", made)
    assert "s-director" not in constant("director-1", made), "Nova's metadata says what a server is called"


@pytest.mark.parametrize(
    ("key", "packages"),
    [("director-1", ["ipvsadm", "keepalived", "nftables"]), ("real-server-1", ["arptables", "apache2"])],
)
def test_a_role_installs_what_it_needs_and_no_more(key: str, packages: list[str]) -> None:
    assert document(constant(key, plan()))["packages"] == packages


@pytest.mark.parametrize("feature", Feature)
def test_a_feature_adds_to_what_every_director_has(feature: Feature) -> None:
    made = plan()
    plain = constant("director-1", made)
    text = user_data(made, replace(host("director-1", made), features=(feature,)), None, None)
    before, after = document(plain), document(text)
    assert after["packages"][: len(before["packages"])] == before["packages"]
    assert {file["path"] for file in before["write_files"]} <= {file["path"] for file in after["write_files"]}
    assert constant("director-1", made) == plain, "a director without the feature has the bootstrap that it had"
    assert len(text) * 4 / 3 < LARGEST_USER_DATA * 0.9


@pytest.mark.parametrize("chosen", [True, False])
def test_firewalld_is_there_only_where_it_was_chosen(chosen: bool) -> None:
    haproxy = {
        "frontends": {"web": {"bind": [{"virtual-ip": "www", "port": 80}], "default-backend": "web"}},
        "backends": {"web": {"port": 80}},
        "host-firewall": "firewalld" if chosen else "nftables",
    }
    made = plan(services=None, haproxy=haproxy, directors={"os-family": "redhat"})
    read = document(constant("director-1", made))
    assert ("firewalld" in read["packages"]) is chosen, "a preset enables it, and at the next boot both become master"
    assert (["systemctl", "mask", "--now", "firewalld.service"] in read["runcmd"]) is not chosen, "images may have it"
    assert "firewalld" not in constant("real-server-1", made), "real servers are of the debian family"


def test_an_observer_installs_nothing_and_so_asks_no_mirror() -> None:
    assert not {"packages", "package_update"} & set(document(constant("observer", plan())))


def test_without_the_example_web_server_it_is_not_installed() -> None:
    made = plan(real_servers={"web-server": "none"})
    assert document(constant("real-server-1", made))["packages"] == ["arptables"]


def test_a_package_mirror_is_the_only_source() -> None:
    made = plan(package_mirror="http://192.0.2.1:8088/debian")
    sources = document(constant("director-1", made))["apt"]
    assert sources == {
        "preserve_sources_list": False,  # Debian sets it, and then cloud-init writes no list
        "sources_list": "deb [trusted=yes] http://192.0.2.1:8088/debian ./\n",
    }
    assert "apt" not in document(constant("director-1", plan()))


def test_no_service_starts_before_its_configuration_is_there() -> None:
    text = constant("director-1", plan())
    assert content(text, "/usr/sbin/policy-rc.d").endswith("exit 101\n")
    commands = [" ".join(command) for command in document(text)["runcmd"]]
    removal = commands.index("rm -f /usr/sbin/policy-rc.d")
    start = next(n for n, command in enumerate(commands) if "enable --now" in command)
    assert removal < start, "cloud-init runs these after its packages: the agent must find nobody who forbids services"
    assert "--no-block" in commands[start], "cloud-init would wait for a unit that may wait for cloud-init"
    assert "keepalived" not in commands[start], "the agent enables it, once its configuration is there"


def test_the_agent_asks_the_metadata_service_where_files_come_through_the_channel() -> None:
    text = constant("director-1", plan())
    assert json.loads(content(text, AGENT_CONFIG_PATH)) == {"source": "metadata", "role": "director"}
    assert MANIFEST_PATH not in text


def test_the_manifest_is_part_of_it_where_files_come_with_it() -> None:
    made = plan(vrrp={"version": 2})
    files = files_of("director-1", made, "a&b")
    text = user_data(made, host("director-1", made), files, MACS)
    assert json.loads(content(text, AGENT_CONFIG_PATH))["source"] == "local"
    assert Manifest.from_json(content(text, MANIFEST_PATH)) == Manifest("director", files, MACS)
    mode = next(file["permissions"] for file in document(text)["write_files"] if file["path"] == MANIFEST_PATH)
    assert mode == "0600", "it holds the VRRP password"


def test_modes_are_words_and_not_numbers_that_yaml_reads_as_octal() -> None:
    modes = {file["permissions"] for file in document(constant("real-server-1", plan()))["write_files"]}
    assert modes <= {"0755", "0644", "0600"}, modes


def test_what_nova_would_refuse_is_refused_before_with_a_way_out() -> None:
    made = plan()
    noise = "".join(random.Random(1).choices("abcdef", k=LARGEST_USER_DATA))  # noqa: S311 - no secret
    with pytest.raises(StackFileError) as refused:
        user_data(made, host("director-1", made), {"/etc/keepalived/keepalived.conf": noise}, MACS)
    (finding,) = refused.value.findings
    assert finding.where == "vipstack:delivery"
    assert finding.got.startswith("the user data of s-director-1 takes ")
    assert finding.got.endswith(" characters in base64, most of them for /etc/keepalived/keepalived.conf")
    assert finding.allowed == "Nova takes at most 65535 characters"
    assert finding.remedy == "Write delivery: channel, which carries more, or give the stack fewer real servers"


@pytest.mark.parametrize("file", sorted(STACKS.glob("Pulumi.*.yaml")), ids=stack_name)
def test_every_shipped_stack_leaves_room_for_growth(file: Path) -> None:
    settings = load_file(file)
    made = plan_stack(stack_name(file), settings)
    texts = {one.name: host_tree(made, one, assumed_addresses(made), settings)[USER_DATA] for one in made.hosts}
    shares = {name: len(b64encode(text.encode())) / LARGEST_USER_DATA for name, text in texts.items()}
    assert shares
    assert max(shares.values()) <= LARGEST_SHARE, f"the next feature finds no room: {shares}"
