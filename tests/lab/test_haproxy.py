"""``haproxy`` on real guests: the author's own acceptance, what he did not reach, and his failure as a control.

Decides: who answers through the virtual IP and what the servers are told, that one director is master whatever becomes
of HAProxy, and that its logs are where they should be. In an operator's order; one stack, on the baked image.
Cannot decide: how many connections a second, and the redhat family, which is not booted here.
"""

import json
import threading
import time
from collections import Counter

import pytest
from tests.lab.ahead import Wanted
from tests.waiting import last_seen

from lab import traffic
from lab.layout import IMAGE_BAKED

STACK = Wanted("haproxy", IMAGE_BAKED)
SOCKET = "/run/haproxy/admin.sock"


@pytest.fixture(scope="module")
def haproxy(bring_up):
    """The stack as it is shipped, but for the image."""
    with bring_up(STACK) as stack:
        yield stack


@pytest.fixture(scope="module")
def client(haproxy):
    """The client beyond the router."""
    return traffic.client(haproxy.lab)


def ask(place, haproxy, port: int = 80, times: int = 8) -> Counter[str]:
    return traffic.ask(place, f"http://{haproxy.vip['address']}:{port}/", times=times)


def servers(haproxy) -> set[str]:
    return {haproxy.server(host) for host in haproxy.keys("real-server")}


def test_least_connections_spread_over_both_web_servers(haproxy, client):
    answered = ask(client, haproxy)

    assert set(answered) == servers(haproxy), "both answer, nothing is lost"
    assert traffic.ask(client, f"http://{haproxy.vip['floating-ip']}/", times=4).keys() <= servers(haproxy)


def test_a_condition_leads_to_its_own_backend(haproxy, client):
    mark = f"/8-megabytes?{time.monotonic_ns()}"

    assert traffic.download(client, f"http://{haproxy.vip['address']}{mark}") == traffic.EIGHT_MEGABYTES

    seen = {key: traffic.clients_seen(haproxy.lab, haproxy.server(key), mark) for key in haproxy.keys("real-server")}
    [master] = haproxy.holders()
    assert seen == {"web-1": set(), "web-2": {haproxy.address(master)}}, "the ACL names web-2's backend"


def test_the_web_servers_are_told_the_clients_address(haproxy, client):
    for host in haproxy.keys("real-server"):
        haproxy.shell(host, "timeout 40 tcpdump -n -A -l -i any tcp dst port 80 >/tmp/seen 2>/tmp/said &")
        assert last_seen(lambda host=host: "listening" in haproxy.shell(host, "cat /tmp/said"), seconds=30), (
            "the capture runs"
        )
    ask(client, haproxy, times=4)
    told = f"x-forwarded-for: {client.address}"  # HAProxy writes header names in lower case
    for host in haproxy.keys("real-server"):
        assert last_seen(
            lambda host=host: told in haproxy.shell(host, f"grep -aio '{told}' /tmp/seen || true"), seconds=20
        ), told


def test_both_directors_listen_and_one_is_master(haproxy):
    assert len(haproxy.holders()) == 1
    for host in haproxy.keys("director"):
        listening = haproxy.shell(host, "ss -Hltn")
        assert f"{haproxy.vip['address']}:80 " in listening, "a backup listens on an address that it does not have yet"


def test_the_stats_socket_and_the_page_answer(haproxy):
    for host in haproxy.keys("director"):
        shown = haproxy.shell(host, f"echo show stat | socat stdio {SOCKET}")
        assert "web,web-1," in shown
        page = haproxy.shell("observer", f"curl -sf --max-time 10 http://{haproxy.address(host)}:8404/stats")
        assert "Statistics Report" in page


def test_nobody_else_reads_the_page(haproxy, client):
    director = haproxy.address(haproxy.keys("director")[0])
    status, _ = client.shell(["curl", "-s", "--max-time", "5", f"http://{director}:8404/stats"], 10)
    assert status != 0, "the page is let in from the stack's own network alone"


def test_requests_and_states_are_logged_apart_with_the_hosts_name(haproxy, client):
    [master] = haproxy.holders()
    haproxy.shell("web-1", "systemctl stop apache2")
    try:
        log = "grep -s 'Server web/web-1 is DOWN' /var/log/haproxy-status.log || true"
        assert last_seen(lambda: haproxy.shell(master, log) != "", seconds=30), "its state is in the status log"
        assert set(ask(client, haproxy, times=4)) == {haproxy.server("web-2")}, "a dead server gets no requests"
    finally:
        haproxy.shell("web-1", "systemctl start apache2")
    line = haproxy.shell(master, "grep -m1 '\"GET / HTTP' /var/log/haproxy.log")
    assert f" {haproxy.server(master)} haproxy[" in line, "a log server must be told which host it was"
    assert client.address in haproxy.shell(master, "cat /var/log/haproxy.log")
    assert "is DOWN" not in haproxy.shell(master, "cat /var/log/haproxy.log")
    assert "GET /" not in haproxy.shell(master, "cat /var/log/haproxy-status.log")
    assert haproxy.server(master) in haproxy.shell(master, "head -1 /var/log/keepalived.log")


def test_after_a_rotation_the_new_file_is_written(haproxy, client):
    [master] = haproxy.holders()
    haproxy.shell(master, "logrotate --force /etc/logrotate.d/haproxy")
    ask(client, haproxy, times=1)
    new = "grep -s 'GET /' /var/log/haproxy.log || true"
    assert last_seen(lambda: haproxy.shell(master, new) != "", seconds=15), "rsyslog opened the new file"


def test_a_reload_under_load_loses_no_connection(haproxy):
    [master] = haproxy.holders()
    heard: Counter[str] = Counter()
    asking = threading.Thread(target=lambda: heard.update(ask(haproxy.place("observer"), haproxy, times=40)))
    asking.start()
    reloads = 0
    while asking.is_alive():
        haproxy.shell(master, "systemctl reload haproxy")
        reloads += 1
    asking.join()
    assert reloads >= 2, "the load must outlast a reload"
    assert set(heard) == servers(haproxy), f"{heard}: the new process takes the old one's listeners over"
    assert haproxy.holders() == [master], "a reload moves nothing"


def test_a_client_keeps_its_server_through_a_failover(haproxy, client):
    [before] = haproxy.holders()
    [server] = ask(client, haproxy, port=8080, times=4)
    haproxy.shell(before, "systemctl kill --signal=KILL haproxy")
    assert last_seen(lambda: haproxy.holders() not in ([], [before]), seconds=20), "the virtual IP has moved"
    assert set(ask(client, haproxy, port=8080, times=4)) == {server}, "the directors tell each other their stick tables"
    state = "systemctl is-active haproxy || true"
    assert last_seen(lambda: haproxy.shell(before, state).strip(), "active", seconds=20) == "active", "it is started"
    assert len(haproxy.holders()) == 1


def test_killed_haproxies_move_the_virtual_ip_within_a_second(haproxy):
    haproxy.drill("control,haproxy-killed")


def test_where_adverts_are_filtered_both_are_master(haproxy):
    directors = haproxy.keys("director")
    for host in directors:
        haproxy.shell(host, "nft insert rule inet vipstack input ip protocol 112 drop")
    try:
        assert last_seen(lambda: sorted(haproxy.holders()) == sorted(directors), seconds=30), (
            "both believe that the other is dead"
        )
    finally:
        for host in directors:
            haproxy.shell(host, "nft -f /etc/nftables.conf")
    assert last_seen(lambda: len(haproxy.holders()) == 1, seconds=30), "they hear each other again"


def test_a_second_up_changes_nothing(haproxy):
    changes = json.loads(haproxy.stack.preview("--json").output)["changeSummary"]

    assert set(changes) == {"same"}, "an update without a change must not touch a live director"


def test_destroy_leaves_nothing_of_the_stack(haproxy):
    haproxy.stack.destroy()

    assert haproxy.leftovers() == []
