"""``lvs-gateway`` on real guests: a service by NAT and a network's way out, over the director that has the addresses.

Decides what namespaces cannot: IPVS and its daemon in the tunnel, ports without security, DHCP that names the directors
as the gateway, guests that boot behind them. On the baked image, since the packages' way is that of every other guest.
"""

import re
import sys
import time
from ipaddress import IPv4Address

import pytest
from tests.lab.ahead import Wanted
from tests.waiting import last_seen

from lab import outside, traffic
from lab.layout import IMAGE_BAKED, OUTSIDE_CLIENT

STACK = Wanted("lvs-gateway", IMAGE_BAKED)
PORT, CLIENT_PORT, SECONDS = 5000, 20_000, 30
PICK_UP = "net.netfilter.nf_conntrack_tcp_loose"
# Speaks first and always, to one client: says whom it sees, then a line each 100 ms. Ends by itself.
SERVER = f"""
import socket, time
with socket.create_server(("{OUTSIDE_CLIENT}", int(__import__("sys").argv[1]))) as listener:
    listener.settimeout(60)
    connection, peer = listener.accept()
    connection.sendall((peer[0] + chr(10)).encode())
    end = time.monotonic() + int(__import__("sys").argv[2])
    while time.monotonic() < end:
        connection.sendall(b"x" + bytes([10]))
        time.sleep(0.1)
    connection.sendall(b"end" + bytes([10]))
"""
# Prints the first line and the last that came within the time.
CLIENT = f"""
import socket, sys
lines = []
with socket.create_connection(("{OUTSIDE_CLIENT}", int(sys.argv[1])), timeout=15) as connection:
    try:
        lines.extend(line.strip() for line in connection.makefile())
    except OSError:
        pass
print(lines[0], lines[-1])
"""
# On a director, until a file is there: how often it held the virtual IP without its virtual server. It says when it has
# seen the two together, and ends by itself after five minutes.
WATCH = """
import os, re, sys, time
local, server, enough = sys.argv[1:]
seen, alone = False, 0
end = time.monotonic() + 300
while time.monotonic() < end and not os.path.exists(enough):
    served = server in open("/proc/net/ip_vs").read()
    held = re.search(local, open("/proc/net/fib_trie").read())
    if held and not served:
        alone += 1
    if held and served and not seen:
        seen = True
        print("seen", flush=True)
print(alone)
"""


@pytest.fixture(scope="module")
def gateway(bring_up):
    """The stack on guests that have their packages."""
    with bring_up(STACK) as stack:
        yield stack


@pytest.fixture
def master(gateway):
    """The director that has both virtual IPs, once there is exactly one."""
    assert last_seen(lambda: len(gateway.holders()) == 1, seconds=60), gateway.holders()
    return gateway.holders()[0]


def other(gateway, director):
    return next(key for key in gateway.keys("director") if key != director)


def service(gateway):
    return gateway.outputs["virtual-ips"]["outside"]["address"]


def real_server(gateway):
    return gateway.keys("real-server")[0]


def said_by(what, look):
    """What it says at its end, when all is written at once."""
    assert last_seen(lambda: look().strip() != "", seconds=100), f"{what} did not end"
    return look().strip()


class Stream:
    """A connection from an internal host to the outside on which only the outside speaks."""

    table = "conntrack -L -p tcp --state ESTABLISHED 2>/dev/null"

    def __init__(self, gateway, port, seconds=SECONDS):
        self.gateway, self.port = gateway, port
        self.entry = f" dport={port} "  # how the directors' table shows it
        run = 'exec "$0" -c "$1" "$2" "$3" >/dev/null 2>&1 &'
        words = ["sh", "-c", run, sys.executable, SERVER, str(port), str(seconds)]
        outside.exec_outside(gateway.lab, words, check=True)
        script = CLIENT.replace("'", '"')
        host = real_server(gateway)
        gateway.shell(host, f"nohup python3 -c '{script}' {port} >/tmp/stream-{port} 2>&1 &")

    def ended(self):
        """Whom the outside saw, and the last line that came."""
        look = f"cat /tmp/stream-{self.port}"
        return said_by("the stream", lambda: self.gateway.shell(real_server(self.gateway), look)).split()


class Download:
    """A slow download through the service, from a port of the client's that tells it from all others."""

    table = "ipvsadm -L -c -n | grep ESTABLISHED || true"

    def __init__(self, gateway, folder, port, rate="300k"):
        self.gateway, self.name = gateway, str(folder / "download")
        self.entry = f"{OUTSIDE_CLIENT}:{port} "  # how the directors' table shows it
        options = f"--max-time 90 --limit-rate {rate} --local-port {port} -o /dev/null -w '%{{size_download}}'"
        curl = f"curl -s {options} http://{service(gateway)}/8-megabytes >{self.name} 2>&1 &"
        outside.exec_outside(gateway.lab, ["sh", "-c", curl], check=True)

    def size(self):
        """The bytes that came when it ended."""
        return int(said_by("the download", lambda: outside.exec_outside(self.gateway.lab, ["cat", self.name]).stdout))


def await_told(gateway, spare, *connections):
    """Wait until the spare knows of the connections: a connection that nobody told of dies with its director.

    The kernel collects for up to two seconds what it tells of IPVS, and packets may be lost just after a failover.
    """

    def unknown():
        tables = {one.entry: gateway.shell(spare, one.table) for one in connections}
        return {entry: known for entry, known in tables.items() if entry not in known}

    assert last_seen(unknown, {}, seconds=20) == {}, f"{spare} was not told of these; beside each is what it knows"


def test_both_virtual_ips_are_on_one_director(gateway, master):
    for vip in gateway.outputs["virtual-ips"].values():
        assert vip["address"] in gateway.shell(master, "ip -o -4 address show")
        assert f" {vip['address']}/" not in gateway.shell(other(gateway, master), "ip -o -4 address show")


@pytest.mark.parametrize("way", ["observer", "routed"])
def test_both_real_servers_answer_and_see_the_clients_own_address(gateway, way):
    place = gateway.place("observer") if way == "observer" else traffic.client(gateway.lab)
    mark = f"/?{way}-{time.monotonic_ns()}"

    answered = traffic.ask(place, f"http://{service(gateway)}{mark}", times=6)

    servers = [gateway.server(host) for host in gateway.keys("real-server")]
    assert set(answered) == set(servers), "both answer, nothing is lost"
    assert set().union(*(traffic.clients_seen(gateway.lab, server, mark) for server in servers)) == {place.address}


def test_the_directors_do_not_take_themselves_for_the_way_out(gateway):
    for host in gateway.keys("director"):
        ways = gateway.shell(host, "ip -4 route show default")
        assert "via 192.168.122.1 " in ways, ways
        assert "via 10.0.0.1 " not in ways, "DHCP must not offer a gateway to itself"


def test_the_adverts_and_the_tunnel_are_on_the_sync_network(gateway, master):
    seen = gateway.shell(other(gateway, master), "timeout 4 tcpdump -c 3 -n -i any ip proto 112 2>/dev/null || true")
    assert "10.10.10." in seen, seen
    assert "192.168.122." not in seen, "the public network carries no advert"
    assert "ipvs-sync" in gateway.shell(master, "ipvsadm -L --daemon"), "both daemons run in the tunnel"


def test_connections_outlive_a_crash(gateway, master, tmp_path):
    stream, download = Stream(gateway, PORT), Download(gateway, tmp_path, CLIENT_PORT)
    await_told(gateway, other(gateway, master), stream, download)
    server = gateway.outputs["hosts"][master]["server-id"]
    gateway.cloud.compute.pause_server(server)
    try:
        assert stream.ended() == ["192.168.122.140", "end"], "seen as the virtual IP, and to the end"
        assert download.size() == traffic.EIGHT_MEGABYTES
    finally:
        gateway.cloud.compute.unpause_server(server)


def test_connections_outlive_a_clean_stop(gateway, master, tmp_path):
    stream, download = Stream(gateway, PORT + 1), Download(gateway, tmp_path, CLIENT_PORT + 1)
    await_told(gateway, other(gateway, master), stream, download)
    gateway.shell(master, "systemctl stop keepalived")
    try:
        assert stream.ended() == ["192.168.122.140", "end"]
        assert download.size() == traffic.EIGHT_MEGABYTES
        assert gateway.holders() == [other(gateway, master)]
    finally:
        gateway.shell(master, "systemctl start keepalived")


def test_a_clean_stop_lets_the_virtual_ip_go_before_its_virtual_server(gateway, master):
    address = IPv4Address(service(gateway))
    local, server = rf"{re.escape(str(address))}\s+/32 host LOCAL", f"TCP  {int(address):08X}:{80:04X} "
    gateway.agent(master).put("/run/watch.py", WATCH.encode())
    gateway.shell(master, f"nohup python3 /run/watch.py '{local}' '{server}' /run/enough >/run/watched 2>&1 &")
    assert last_seen(lambda: "seen" in gateway.shell(master, "cat /run/watched"), seconds=60), (
        "it looks before the stop too"
    )
    gateway.shell(master, "systemctl stop keepalived && touch /run/enough")
    try:
        watched = last_seen(lambda: gateway.shell(master, "cat /run/watched"), "seen\n0\n", seconds=30)
        assert watched == "seen\n0\n", (
            "clients would be refused, and their connections reset, by the director's own TCP"
        )
    finally:
        gateway.shell(master, "systemctl start keepalived; rm -f /run/enough")


@pytest.mark.thorough
def test_a_link_that_goes_down_moves_both_virtual_ips_within_its_promise(gateway):
    gateway.drill("link-down")
    assert len(gateway.holders()) == 1


def test_without_being_told_connections_die_with_their_director(gateway, master, tmp_path):
    for host in gateway.keys("director"):
        # Else its kernel takes the middle of a connection for its beginning where the inside speaks first.
        gateway.shell(host, f"systemctl stop conntrackd vipstack-ipvs-sync; sysctl -qw {PICK_UP}=0")
    # Neither ends by itself before the director does, which a busy machine may take long to stop; both would within the
    # time that is waited for them.
    stream = Stream(gateway, PORT + 2, 2 * SECONDS)
    download = Download(gateway, tmp_path, CLIENT_PORT + 2, rate="120k")
    await_told(gateway, master, stream, download)
    gateway.shell(master, "systemctl stop keepalived")
    try:
        assert stream.ended()[-1] != "end", "else the tests above show nothing of what conntrackd is for"
        assert download.size() < traffic.EIGHT_MEGABYTES, "nor of IPVS's daemon"
    finally:
        for host in gateway.keys("director"):
            gateway.shell(host, f"sysctl -qw {PICK_UP}=1; systemctl start conntrackd vipstack-ipvs-sync keepalived")


def test_destroy_leaves_nothing_of_the_stack(gateway):
    gateway.stack.destroy()

    assert gateway.leftovers() == []
