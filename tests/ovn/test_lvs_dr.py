"""``lvs-dr`` on ML2/OVN with ``cloud-profile: ovn``: plain virtual IP, stateless groups.

Decides that direct routing serves, passes uploads and fails over on OVN, within the network and through a floating IP.
Cannot decide it for another version of OVN, or for a kernel datapath.
"""

import pytest
from tests.lab.ahead import Wanted
from tests.ovn import watching

from lab import traffic


@pytest.fixture(scope="module")
def lvs_dr(bring_up, for_ovn):
    """The shipped stack, for OVN."""
    with bring_up(Wanted("lvs-dr", file=for_ovn("lvs-dr"))) as stack:
        yield stack


@pytest.fixture(scope="module")
def ways(lvs_dr):
    """From where the virtual IP is asked, and under which address: name -> (place, address)."""
    return {
        "observer": (lvs_dr.place("observer"), lvs_dr.vip["address"]),
        "floating IP": (traffic.client(lvs_dr.lab), lvs_dr.vip["floating-ip"]),
    }


WAYS = pytest.mark.parametrize("way", ["observer", "floating IP"])


def test_the_guests_run_on_at_least_two_hosts(lvs_dr):
    hosts = {server.compute_host for server in lvs_dr.servers()}

    assert len(hosts) >= 2, "on one host no packet goes through a tunnel"


def test_the_profile_took_the_virtual_mac_away(lvs_dr):
    [master] = lvs_dr.holders()

    own = next(iter(lvs_dr.outputs["hosts"][master]["macs"].values()))
    assert traffic.who_has(lvs_dr.place("observer"), lvs_dr.vip["address"]) == {own}, (
        "the master's own MAC, nobody else"
    )


@WAYS
def test_both_real_servers_answer_through_the_virtual_ip(lvs_dr, ways, way):
    place, address = ways[way]

    answered = traffic.ask(place, f"http://{address}/", times=8)

    assert set(answered) == {lvs_dr.server(host) for host in lvs_dr.keys("real-server")}, "both answer, nothing is lost"


def test_beyond_the_router_a_virtual_ip_with_a_floating_ip_is_asked_by_that_one_alone(lvs_dr):
    client = traffic.client(lvs_dr.lab)
    [server, *_] = lvs_dr.keys("real-server")

    assert "lost" not in traffic.ask(client, f"http://{lvs_dr.address(server)}/"), "the network itself is routed"
    assert set(traffic.ask(client, f"http://{lvs_dr.vip['address']}/", times=3)) == {"lost"}, (
        "OVN's router writes the floating IP into the answers; should that have changed, docs/ovn.md is out of date"
    )


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
    mark = f"/?ovn-{way.replace(' ', '-')}"

    traffic.ask(place, f"http://{address}{mark}", times=2)

    servers = [lvs_dr.server(host) for host in lvs_dr.keys("real-server")]
    seen = set().union(*(traffic.clients_seen(lvs_dr.lab, server, mark) for server in servers))
    assert seen == {place.address}, "direct routing keeps the client's address, through the floating IP too"


@pytest.mark.parametrize("fault", ["crash", "clean-stop"])
def test_a_failover_keeps_its_promise_within_and_through_the_floating_ip(lvs_dr, fault):
    said, record = watching.drilled(lvs_dr.lab, "lvs-dr", fault, f"{lvs_dr.vip['floating-ip']}:80")

    away = watching.longest(record)
    print(said, f"{fault}, through the floating IP: {away.length * 1000:.0f} ms")
    bounds = lvs_dr.outputs["failover-bounds"]["www"]
    assert away.length <= bounds["crash"], "who comes from outside is served again as soon"


def test_a_stateful_group_elsewhere_on_the_network_does_no_harm(lvs_dr, ways):
    place, address = ways["floating IP"]
    network = lvs_dr.cloud.network
    [port] = network.ports(device_id=lvs_dr.outputs["hosts"]["observer"]["server-id"])
    group = network.create_security_group(name="lvs-dr-control", project_id=port.project_id, stateful=True)
    try:
        network.update_port(port.id, security_groups=[group.id])
        sent = [traffic.upload(place, f"http://{address}/upload") for _ in range(3)]
    finally:
        network.update_port(port.id, security_groups=port.security_group_ids)
        network.delete_security_group(group.id)
    assert sent == [traffic.EIGHT_MEGABYTES] * 3, "other servers on the network have the groups they have"


def test_destroy_leaves_nothing_of_the_stack(lvs_dr):
    lvs_dr.stack.destroy()

    assert lvs_dr.leftovers() == []
