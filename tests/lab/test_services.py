"""Services beyond one port of one virtual IP, on real guests: what ``lvs-dr`` does not show, and what changes live.

Decides that packets go where the stack file says: by mark, by datagram, by client, to a part of the real servers, to a
server that is not ours, to the sorry server; and that the IPVS table changes its owner on a live director. One stack
serves all, in the order of an operator's day. What it cannot decide: NAT (test_lvs_gateway.py).
"""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.lab.ahead import Wanted
from tests.waiting import last_seen

from lab import traffic

pytestmark = pytest.mark.thorough

FILE = Path(__file__).parent / "stacks" / "Pulumi.services.yaml"
STACK = Wanted("services", file=FILE)

# A health check's interval and its retry, on emulated guests.
CHECKS_TAKE_EFFECT = 30

# Says who it is to whoever sends a datagram, from the address that was asked.
ECHO = """
import socket, sys, threading
def serve(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind((address, 5353))
        while True:
            one.sendto(socket.gethostname().encode(), one.recvfrom(100)[1])
for address in sys.argv[1:]:
    threading.Thread(target=serve, args=(address,)).start()
"""

# Datagrams from one socket, each answered or lost.
DATAGRAMS = """
import socket, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
    one.settimeout(2)
    for _ in range(int(sys.argv[2])):
        one.sendto(b"who", (sys.argv[1], 5353))
        try:
            print(one.recv(100).decode())
        except OSError:
            print("lost")
"""

# The page of a server that is not of the stack, on each port.
PAGES = """
import sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<title>elsewhere</title>")
for port in sys.argv[1:]:
    threading.Thread(target=ThreadingHTTPServer(("", int(port)), Page).serve_forever).start()
"""


@pytest.fixture(scope="module")
def services(bring_up):
    """The stack, with somebody who answers datagrams on its real servers."""
    with bring_up(STACK) as stack:
        for host in stack.keys("real-server"):
            _start(stack, host, "echo", ECHO, "203.0.113.2", stack.address(host))
        yield stack


@pytest.fixture(scope="module")
def client(services):
    """Somebody beyond the router."""
    return traffic.client(services.lab)


@pytest.fixture(scope="module")
def both(services):
    """The names of both real servers."""
    return {services.server(host) for host in services.keys("real-server")}


def _start(stack, host: str, unit: str, program: str, *arguments: str) -> None:
    agent = stack.agent(host)
    agent.run(["systemd-run", f"--unit={unit}", "python3", "-c", program, *arguments], timeout=60, check=True)


_seen = partial(last_seen, seconds=CHECKS_TAKE_EFFECT)


def _changed(stack, folder: Path, change: Callable[[dict[str, Any]], None]):
    """The stack with a changed file."""
    document = yaml.safe_load(FILE.read_text())
    change({key.removeprefix("vipstack:"): noun for key, noun in document["config"].items()})
    path = folder / FILE.name
    path.write_text(yaml.safe_dump(document))
    return replace(stack.stack, config_file=path)


def _tables(stack) -> list[str]:
    """The IPVS table of each director, destinations in order."""
    return [stack.shell(host, "ipvsadm --save --numeric | sort") for host in stack.keys("director")]


@pytest.mark.parametrize("address", ["203.0.113.2", "203.0.113.7"])
def test_each_virtual_ip_of_a_service_answers(client, both, address):
    assert set(traffic.ask(client, f"http://{address}/", times=6)) == both


@pytest.mark.parametrize("address", ["203.0.113.2", "203.0.113.7"])
@pytest.mark.parametrize("port", [8000, 8099])
def test_a_range_is_served_from_its_first_port_to_its_last(client, both, address, port):
    assert set(traffic.ask(client, f"http://{address}:{port}/", times=6)) == both


def test_without_its_mark_a_range_is_nobody_s(services, client):
    [master] = services.holders()
    services.shell(master, "nft flush chain inet vipstack marks")
    try:
        assert set(traffic.ask(client, "http://203.0.113.2:8000/", times=2)) == {"lost"}, "the mark is what IPVS knows"
    finally:
        services.shell(master, "systemctl reload-or-restart nftables")
    assert "lost" not in traffic.ask(client, "http://203.0.113.2:8000/", times=2)


def test_datagrams_of_one_socket_are_shared_out_one_by_one(client, both):
    def answered() -> set[str]:
        return set(client.shell(["python3", "-c", DATAGRAMS, "203.0.113.2", "8"], 30)[1].split())

    assert _seen(answered, both) == both, "one-packet chooses anew for each, where else one server would get all"


def test_a_udp_server_that_is_gone_is_taken_out_of_the_table(services, client, both):
    victim = services.keys("real-server")[0]
    services.shell(victim, "systemctl stop echo")

    def answered() -> set[str]:
        return set(client.shell(["python3", "-c", DATAGRAMS, "203.0.113.2", "6"], 30)[1].split())

    assert _seen(answered, both - {services.server(victim)}) == both - {services.server(victim)}, (
        "nobody listens, which the check hears as port unreachable"
    )
    _start(services, victim, "echo-again", ECHO, "203.0.113.2", services.address(victim))


def test_a_persistent_client_stays_with_one_real_server(client, both):
    assert len(traffic.ask(client, "http://203.0.113.2:81/", times=8)) == 1
    assert set(traffic.ask(client, "http://203.0.113.2:80/", times=8)) == both, "without persistence it would not"


def test_a_part_of_the_real_servers_serves_alone(services, client):
    assert set(traffic.ask(client, "http://203.0.113.2:82/", times=4)) == {services.server("web-2")}


def test_virtual_ips_on_the_loopback_are_silent_by_sysctl_and_not_without(services):
    observer = services.place("observer")
    assert traffic.who_has(observer, "203.0.113.2") == {services.vip["mac"]}
    for host in services.keys("real-server"):
        services.shell(host, "sysctl -q net.ipv4.conf.all.arp_ignore=0")
    try:
        macs = {next(iter(services.outputs["hosts"][host]["macs"].values())) for host in services.keys("real-server")}
        assert macs <= traffic.who_has(observer, "203.0.113.2"), "the silence above would be an accident"
    finally:
        for host in services.keys("real-server"):
            services.shell(host, "sysctl -q -p /etc/sysctl.d/90-vipstack.conf")
    assert traffic.who_has(observer, "203.0.113.2") == {services.vip["mac"]}


@pytest.fixture(scope="module")
def extended(services, tmp_path_factory):
    """The live stack with a server that is not its own: behind a service, and as another one's sorry server.

    It is the observer, which gets by hand what such a server must bring: virtual IPs without ARP, a port that may send
    from them, and a group that lets the services in.
    """
    cloud, address = services.cloud, services.address("observer")

    def change(nouns: dict[str, Any]) -> None:
        nouns["real-servers"]["servers"]["elsewhere"] = {"address": address, "existing": True}
        for name in ("http", "range", "echo", "sticky"):
            nouns["services"][name]["real-servers"] = {"web-1": {}, "web-2": {}}
        nouns["services"]["outsourced"] = {"virtual-ip": "www", "port": 83, "real-servers": {"elsewhere": {}}}
        nouns["services"]["guarded"] = {
            "virtual-ip": "www",
            "port": 8443,
            "real-servers": {"web-1": {}, "web-2": {}},
            "health-check": {"type": "http", "path": "/ready", "interval": 1},
            "quorum": {"weight": 2},
            "sorry-server": {"address": address},
        }

    stack = _changed(services, tmp_path_factory.mktemp("extended"), change)
    steps = json.loads(stack.preview("--json").output)["steps"]
    touched = {step["newState"]["type"].rpartition(":")[2] for step in steps if step["op"] != "same"}
    # The stack declares what is open to the world.
    assert touched <= {"Configuration", "SecGroupRule", "Stack"}, "new services and servers of others are data"
    stack.up()

    services.shell("observer", "sysctl -q net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2")
    services.shell("observer", "ip address replace 203.0.113.2/32 dev lo")
    _start(services, "observer", "elsewhere", PAGES, "83", "8443")
    [port] = cloud.network.ports(fixed_ips=f"ip_address={address}")
    group = cloud.network.find_security_group(f"{services.stack.name}-real-server", ignore_missing=False)
    cloud.network.update_port(
        port,
        allowed_address_pairs=[{"ip_address": "203.0.113.2"}],
        security_group_ids=[*port.security_group_ids, group.id],
    )
    return stack


def test_a_server_that_is_not_ours_serves(extended, client):
    del extended
    assert _seen(lambda: set(traffic.ask(client, "http://203.0.113.2:83/", times=4)), {"elsewhere"}) == {"elsewhere"}


def test_the_sorry_server_answers_until_there_is_a_quorum_and_again_without_one(extended, services, client, both):
    del extended

    def answered() -> set[str]:
        return set(traffic.ask(client, "http://203.0.113.2:8443/", times=4))

    assert _seen(answered, {"elsewhere"}) == {"elsewhere"}, "nobody is ready yet"
    services.shell("web-1", "touch /var/www/html/ready")
    time.sleep(5)
    assert answered() == {"elsewhere"}, "one healthy server of weight 1 is no quorum of 2"
    services.shell("web-2", "touch /var/www/html/ready")
    assert _seen(answered, both) == both
    services.shell("web-1", "rm /var/www/html/ready")
    assert _seen(answered, {"elsewhere"}) == {"elsewhere"}
    services.shell("web-1", "touch /var/www/html/ready")
    assert _seen(answered, both) == both


def test_the_table_changes_its_owner_on_live_directors_and_back(extended, services, client, both, tmp_path):
    def static(nouns: dict[str, Any]) -> None:
        for service in nouns["services"].values():
            service.pop("health-check", None)
            service["ipvs"] = "static"

    def entries(tables: list[str]) -> list[set[str]]:
        return [{line for line in table.splitlines() if ":8443" not in line and ":83 " not in line} for table in tables]

    before = entries(_tables(services))
    stack = _changed(services, tmp_path, static)
    stack.up()
    assert entries(_tables(services)) == before, "the fixed table is what keepalived had, complete on each director"
    assert set(traffic.ask(client, "http://203.0.113.2:8000/", times=6)) == both
    services.shell("web-1", "systemctl stop apache2")
    time.sleep(5)
    assert "lost" in traffic.ask(client, "http://203.0.113.2/", times=6), "nobody checks a fixed table"
    services.shell("web-1", "systemctl start apache2")

    extended.up()
    assert _seen(lambda: entries(_tables(services)), before) == before, "keepalived has it again"
    assert set(traffic.ask(client, "http://203.0.113.2:8000/", times=6)) == both
    for host in services.keys("director"):
        assert services.shell(host, "systemctl is-active vipstack-ipvs || true").strip() == "inactive"
