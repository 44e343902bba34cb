"""``lvs-dr`` on real guests over several hosts: from the first request to the last resource gone.

Decides what no other rung can: that packets take the promised path. In the order of an operator's day; one stack serves
all. What it cannot decide: other clouds' network drivers, and absolute times.
"""

import json
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
import yaml
from tests.lab.ahead import Wanted
from tests.waiting import BOOT_SECONDS, last_seen

from drill import adverts
from lab import traffic, wire
from lab.errors import LabError
from lab.layout import IMAGE_BAKED
from lab.stacks import PROJECT

STACK = Wanted("lvs-dr", IMAGE_BAKED)


@pytest.fixture(scope="module")
def lvs_dr(bring_up):
    """The stack as it is shipped."""
    with bring_up(STACK) as stack:
        yield stack


@pytest.fixture(scope="module")
def ways(lvs_dr):
    """From where the virtual IP is asked, and under which address: name -> (place, address)."""
    client = traffic.client(lvs_dr.lab)
    return {
        "observer": (lvs_dr.place("observer"), lvs_dr.vip["address"]),
        "routed": (client, lvs_dr.vip["address"]),
        "floating IP": (client, lvs_dr.vip["floating-ip"]),
    }


def _url(way: tuple[traffic.Place, str]) -> tuple[traffic.Place, str]:
    return way[0], f"http://{way[1]}/"


WAYS = pytest.mark.parametrize("way", ["observer", "routed", "floating IP"])


def test_the_guests_run_on_at_least_two_hosts(lvs_dr):
    hosts = {server.compute_host for server in lvs_dr.servers()}

    assert len(hosts) >= 2, "on one host all packets cross one bridge, which hides what filtering does to halves"


@WAYS
def test_both_real_servers_answer_through_the_virtual_ip(lvs_dr, ways, way):
    place, address = ways[way]

    answered = traffic.ask(place, f"http://{address}/", times=8)

    assert set(answered) == {lvs_dr.server(host) for host in lvs_dr.keys("real-server")}, "both answer, nothing is lost"


@WAYS
def test_eight_megabytes_come_down(ways, way):
    place, address = ways[way]

    assert traffic.download(place, f"http://{address}/8-megabytes") == traffic.EIGHT_MEGABYTES


@WAYS
def test_eight_megabytes_go_up(ways, way):
    place, address = ways[way]

    assert traffic.upload(place, f"http://{address}/upload") == traffic.EIGHT_MEGABYTES, (
        "half-seen connections fail on uploads first"
    )


@WAYS
def test_the_real_servers_log_the_clients_own_address(lvs_dr, ways, way):
    place, address = ways[way]
    mark = f"/?{way.replace(' ', '-')}-{time.monotonic_ns()}"

    traffic.ask(place, f"http://{address}{mark}", times=2)

    servers = [lvs_dr.server(host) for host in lvs_dr.keys("real-server")]
    assert set().union(*(traffic.clients_seen(lvs_dr.lab, server, mark) for server in servers)) == {place.address}, (
        "direct routing keeps the client's address, through the floating IP too"
    )


def test_the_reply_does_not_pass_the_director(lvs_dr, ways):
    place, address = ways["routed"]
    [master] = lvs_dr.holders()
    counters = "cat /sys/class/net/$(ip -o route show default | sed 's/.* dev \\([^ ]*\\).*/\\1/')/statistics/"

    def bytes_passed() -> int:
        return sum(int(lvs_dr.shell(master, f"{counters}{which}_bytes")) for which in ("rx", "tx"))

    before = bytes_passed()
    traffic.download(place, f"http://{address}/8-megabytes")
    passed = bytes_passed() - before

    assert passed < traffic.EIGHT_MEGABYTES / 4, (
        "the director sees acknowledgements only; the 8 MB go straight to the client"
    )


def test_the_observers_neighbour_entry_is_the_virtual_mac(lvs_dr, ways):
    traffic.ask(*_url(ways["observer"]))

    assert lvs_dr.vip["mac"] in lvs_dr.shell("observer", f"ip neighbour show {lvs_dr.vip['address']}")


def test_a_second_up_changes_nothing_and_breaks_no_rule(lvs_dr):
    review = lvs_dr.vipstack("preview", "lvs-dr", "--policy-pack", "policies")

    assert review.returncode == 0, review.stdout + review.stderr
    assert review.stdout.startswith("lvs-dr: no changes\n"), "an update must not touch a live director"
    assert "REFUSED" not in review.stdout
    lvs_dr.stack.up("--expect-no-changes")


def test_what_somebody_changed_by_hand_is_named(lvs_dr):
    subnet = lvs_dr.cloud.network.find_subnet("lvs-dr-web", ignore_missing=False)
    port = lvs_dr.cloud.network.find_port("lvs-dr-apache-1-web", ignore_missing=False)
    [group] = port.security_group_ids
    lvs_dr.openstack("subnet", "set", "--dns-nameserver", "192.0.2.53", subnet.id)
    lvs_dr.openstack("port", "unset", "--security-group", group, port.id)
    put_back = ["port", "set", "--no-security-group", "--security-group", group, port.name]
    try:
        drifted = lvs_dr.vipstack("drift", "lvs-dr")
    finally:
        lvs_dr.openstack("subnet", "unset", "--dns-nameserver", "192.0.2.53", subnet.id)
        lvs_dr.openstack(*put_back)

    assert drifted.returncode == 1
    assert 'dnsNameservers is ["192.0.2.53"], the update left nothing' in drifted.stdout
    assert f'allSecurityGroupIds is nothing, the update left ["{group}"]' in drifted.stdout
    assert f"put it back: openstack {' '.join(put_back)} " in drifted.stdout, (
        "Pulumi would leave the port open to nobody"
    )


def test_a_refreshed_preview_changes_nothing(lvs_dr):
    drift = lvs_dr.vipstack("drift", "lvs-dr")

    assert drift.returncode == 0, drift.stdout + drift.stderr


def test_a_real_server_that_lost_its_dummy_interface_is_seen(lvs_dr):
    victim = lvs_dr.keys("real-server")[0]
    lvs_dr.shell(victim, "ip link delete eth-vip")
    try:
        assert "lost" in traffic.ask(*_url((lvs_dr.place("observer"), lvs_dr.vip["address"])), times=6)
    finally:
        lvs_dr.shell(victim, "systemctl restart vipstack-eth-vip")


def test_only_the_director_answers_for_the_virtual_ip(lvs_dr):
    assert traffic.who_has(lvs_dr.place("observer"), lvs_dr.vip["address"]) == {lvs_dr.vip["mac"]}


def test_without_arp_silence_the_real_servers_answer_too(lvs_dr):
    talkers = lvs_dr.keys("real-server")
    for host in talkers:
        lvs_dr.shell(host, "arptables -F")
    try:
        answered = traffic.who_has(lvs_dr.place("observer"), lvs_dr.vip["address"])
        macs = {next(iter(lvs_dr.outputs["hosts"][host]["macs"].values())) for host in talkers}
        assert macs <= answered, "a VIP on a dummy interface is answered for, unless something silences it"
    finally:
        for host in talkers:
            lvs_dr.shell(host, "systemctl restart vipstack-arp-silence")
    assert traffic.who_has(lvs_dr.place("observer"), lvs_dr.vip["address"]) == {lvs_dr.vip["mac"]}


def test_a_new_weight_arrives_without_touching_a_server(lvs_dr, tmp_path):
    document = yaml.safe_load((PROJECT / "stacks" / "Pulumi.lvs-dr.yaml").read_text())
    document["config"]["vipstack:real-servers"]["servers"]["apache-1"]["weight"] = 3
    changed = tmp_path / "Pulumi.lvs-dr.yaml"
    changed.write_text(yaml.safe_dump(document))
    stack = replace(lvs_dr.stack, config_file=changed)

    steps = json.loads(stack.preview("--json").output)["steps"]
    touched = {step["newState"]["type"] for step in steps if step["op"] != "same"}
    assert touched == {"guestconfig:guest:Configuration"}, "a weight is data: it must not replace or update a server"

    stack.up()
    for host in lvs_dr.keys("director"):
        assert " -w 3" in lvs_dr.shell(host, "ipvsadm --save --numeric")
    lvs_dr.stack.up()
    for host in lvs_dr.keys("director"):
        assert " -w 3" not in lvs_dr.shell(host, "ipvsadm --save --numeric")


def _guarded(lvs_dr, folder, how: str):
    """The stack with another ``port-security``."""
    document = yaml.safe_load(lvs_dr.stack.config_file.read_text())
    document["config"]["vipstack:directors"]["port-security"] = how
    changed = folder / lvs_dr.stack.config_file.name
    changed.write_text(yaml.safe_dump(document))
    return replace(lvs_dr.stack, config_file=changed)


@contextmanager
def _filters_of_old(lvs_dr):
    """Director ports that drop what belongs to no connection before they look what is let in, as Neutron's did once."""
    rule = ["-m", "state", "--state", "INVALID", "-j", "DROP"]
    hosts = {server.id: server.compute_host for server in lvs_dr.servers()}
    chains = [
        (hosts[port.device_id], f"neutron-openvswi-i{port.id[:10]}")
        for director in lvs_dr.keys("director")
        for port in lvs_dr.cloud.network.ports(device_id=lvs_dr.outputs["hosts"][director]["server-id"])
    ]

    def change(*words: str) -> None:
        for host, chain in chains:
            command = lvs_dr.lab.rooms.exec_words(host, ["iptables", words[0], chain, *words[1:], *rule])
            subprocess.run(command, check=True)

    change("-I", "1")
    try:
        yield
    finally:
        change("-D")


@pytest.mark.thorough
def test_port_security_changes_on_a_live_stack_and_only_the_filters_of_old_drop_what_they_see_half_of(
    lvs_dr, ways, tmp_path
):
    place, address = ways["routed"]
    url = f"http://{address}/upload"
    before = {server.id for server in lvs_dr.servers()}

    _guarded(lvs_dr, tmp_path, "stateful").up()
    for _ in lvs_dr.keys("director"):
        assert traffic.upload(place, url) == traffic.EIGHT_MEGABYTES, "what a rule lets in is let in, connection or not"
        # The directors are on different hosts, so that one of them is apart from the real servers.
        [master] = lvs_dr.holders()
        lvs_dr.shell(master, "systemctl restart keepalived")
        assert last_seen(lambda gone=master: lvs_dr.holders() not in ([], [gone]), seconds=20)
    with _filters_of_old(lvs_dr), pytest.raises(LabError, match="Operation timed out"):
        traffic.upload(place, url, seconds=15)

    _guarded(lvs_dr, tmp_path, "stateless").up()
    assert traffic.upload(place, url) == traffic.EIGHT_MEGABYTES
    assert set(traffic.ask(place, f"http://{address}/", times=8)) == {
        lvs_dr.server(host) for host in lvs_dr.keys("real-server")
    }

    lvs_dr.stack.up()
    assert traffic.upload(place, url) == traffic.EIGHT_MEGABYTES
    assert {server.id for server in lvs_dr.servers()} == before, "a way of guarding ports touches no server"


def _goodbyes(lvs_dr, faults: str) -> int:
    """Drill the stack; how often a director said goodbye meanwhile."""
    directors = lvs_dr.keys("director")
    own = {lvs_dr.address(host) for host in directors}
    with ExitStack() as captures:
        heard = [
            captures.enter_context(wire.captured(lvs_dr.lab, lvs_dr.server(host), adverts.command))
            for host in directors
        ]
        lvs_dr.drill(faults)
        # The next module's stack may be up on the same hosts already.
        seen = [advert for output in heard for advert in adverts.parse(output()) if advert.source in own]
    assert {advert.source for advert in seen} == own, "the captures see the directors, or they prove nothing"
    # A goodbye is seen on several interfaces.
    return len({round(goodbye.at) for goodbye in adverts.goodbyes(tuple(seen))})


def test_a_crash_stays_within_its_promise_and_is_a_crash(lvs_dr):
    assert _goodbyes(lvs_dr, "control,crash") == 0, "a master that says goodbye did not crash: that is a clean stop"


def test_a_clean_stop_stays_within_its_promise_and_says_goodbye(lvs_dr):
    assert _goodbyes(lvs_dr, "clean-stop") >= 1


def test_after_the_drill_the_neighbour_entry_is_still_the_virtual_mac(lvs_dr, ways):
    traffic.ask(*_url(ways["observer"]))

    assert lvs_dr.vip["mac"] in lvs_dr.shell("observer", f"ip neighbour show {lvs_dr.vip['address']}")
    assert len(lvs_dr.holders()) == 1, "one director answers, not two and not none"


@pytest.mark.thorough
def test_a_rebooted_real_server_comes_back_by_itself(lvs_dr):
    victim = lvs_dr.keys("real-server")[0]
    lvs_dr.cloud.compute.reboot_server(lvs_dr.outputs["hosts"][victim]["server-id"], "HARD")

    def answers() -> bool:
        answered = traffic.ask(lvs_dr.place("observer"), f"http://{lvs_dr.vip['address']}/", times=4)
        return lvs_dr.server(victim) in answered

    assert last_seen(answers, seconds=BOOT_SECONDS), "the VIP, the silence and the web server must survive a reboot"
    assert traffic.who_has(lvs_dr.place("observer"), lvs_dr.vip["address"]) == {lvs_dr.vip["mac"]}


def test_destroy_leaves_nothing_of_the_stack(lvs_dr):
    lvs_dr.stack.destroy()

    assert lvs_dr.leftovers() == []
