"""``vrrp`` on ML2/OVN with ``cloud-profile: ovn``: gratuitous ARP alone, the virtual IP's port bound to nobody.

Decides that the virtual IP answers, takes an upload and moves, within the network and through a floating IP, and that
a virtual MAC's pair on one member is what kills the floating IP. Cannot decide it for OVN 26.03 and later.
"""

from functools import partial

import pytest
from tests.lab.ahead import Wanted
from tests.ovn import watching
from tests.waiting import last_seen

from lab import traffic
from lab.layout import IMAGE_BAKED

VIRTUAL_MAC = "00:00:5e:00:01:01"
TAKES_EFFECT = 60  # seconds; pairs count within one, the router's neighbour entry is older
PORT = 8080

# Counts what is posted to it: the stack itself serves nothing.
COUNTER = f"""
from http.server import *
class Counter(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        if self.headers.get("Expect"): self.send_response_only(100); self.end_headers()
        left = size = int(self.headers["Content-Length"])
        while left: left -= len(self.rfile.read(min(left, 65536)))
        body = str(size).encode()
        self.send_response(200); self.send_header("Content-Length", str(len(body))); self.end_headers()
        self.wfile.write(body)
ThreadingHTTPServer(("", {PORT}), Counter).serve_forever()
"""


@pytest.fixture(scope="module")
def vrrp(bring_up, for_ovn):
    """The shipped stack, for OVN, with a floating IP on the virtual IP."""
    virtual_ips = {"ha": {"network": "ha-lab", "address": "10.200.51.10", "floating-ip": "outside"}}
    with bring_up(Wanted("vrrp", file=for_ovn("vrrp", virtual_ips=virtual_ips))) as stack:
        yield stack


def listens(vrrp, host: str) -> bool:
    """Whether the counter takes connections on a director."""
    return f":{PORT} " in vrrp.shell(host, "ss --listening --tcp --numeric")


@pytest.fixture(scope="module")
def counter(vrrp):
    """A server on both directors that counts uploads, and the rule that lets them in."""
    network = vrrp.cloud.network
    [group] = network.security_groups(name="vrrp-director")
    network.create_security_group_rule(
        security_group_id=group.id,
        project_id=group.project_id,
        direction="ingress",
        protocol="tcp",
        port_range_min=PORT,
        port_range_max=PORT,
    )
    for host in vrrp.keys("director"):
        vrrp.agent(host).put("/run/counter.py", COUNTER.encode())
        vrrp.shell(host, "systemd-run --unit=counter python3 /run/counter.py")
    for host in vrrp.keys("director"):
        assert last_seen(partial(listens, vrrp, host), seconds=60), "an emulated guest's Python takes its seconds"


@pytest.fixture(scope="module")
def ways(vrrp):
    """From where the virtual IP is asked, and under which address: name -> (place, address)."""
    return {
        "observer": (vrrp.place("observer"), vrrp.vip["address"]),
        "floating IP": (traffic.client(vrrp.lab), vrrp.vip["floating-ip"]),
    }


WAYS = pytest.mark.parametrize("way", ["observer", "floating IP"])


def pings(way) -> bool:
    """Whether the virtual IP answers."""
    place, address = way
    return place.shell(["ping", "-c", "1", "-W", "1", address], 20)[0] == 0


def wait_until(wanted: bool, way, seconds: float) -> bool:
    """Whether three pings in a row went as wanted before the deadline."""
    return last_seen(lambda: all(pings(way) is wanted for _ in range(3)), seconds=seconds)


def test_without_the_profile_the_stack_is_refused_with_the_key_to_write(lab, tmp_path):
    stack = Wanted("vrrp", IMAGE_BAKED).stack(lab.layout, tmp_path)
    stack.init()

    refused = stack.run("preview", "--stack", stack.name, timeout=300)

    words = " ".join(refused.output.split())
    assert refused.returncode != 0
    assert "this cloud's networks are OVN's" in words, "a plain member can see that"
    assert "Write vipstack:cloud-profile: ovn" in words


def test_one_director_holds_the_virtual_ip_and_answers_with_its_own_mac(vrrp, ways):
    [master] = vrrp.holders()
    own = next(iter(vrrp.outputs["hosts"][master]["macs"].values()))

    assert wait_until(True, ways["observer"], 30)
    assert traffic.who_has(vrrp.place("observer"), vrrp.vip["address"]) == {own}


def test_the_virtual_ip_answers_through_its_floating_ip(ways):
    assert wait_until(True, ways["floating IP"], 30)


@pytest.mark.usefixtures("counter")
@WAYS
def test_eight_megabytes_go_up(ways, way):
    place, address = ways[way]

    assert traffic.upload(place, f"http://{address}:{PORT}/") == traffic.EIGHT_MEGABYTES


@pytest.mark.parametrize("fault", ["crash", "clean-stop"])
def test_a_failover_keeps_its_promise_within_and_through_the_floating_ip(vrrp, fault):
    said, record = watching.drilled(vrrp.lab, "vrrp", fault, vrrp.vip["floating-ip"])

    away = watching.longest(record)
    print(said, f"{fault}, through the floating IP: {away.length * 1000:.0f} ms")
    bounds = vrrp.outputs["failover-bounds"]["ha"]
    assert away.length <= bounds["crash"], "who comes from outside is served again as soon"


def test_a_virtual_macs_pair_on_one_member_kills_the_floating_ip(vrrp, ways):
    [master] = vrrp.holders()
    network = vrrp.cloud.network
    [port] = network.ports(device_id=vrrp.outputs["hosts"][master]["server-id"])
    pairs = port.allowed_address_pairs
    trap = {"ip_address": vrrp.vip["address"], "mac_address": VIRTUAL_MAC}
    try:
        network.update_port(port.id, allowed_address_pairs=[*pairs, trap])
        assert wait_until(False, ways["floating IP"], TAKES_EFFECT), "the router now sends to a MAC that nobody has"
    finally:
        network.update_port(port.id, allowed_address_pairs=pairs)
    assert wait_until(True, ways["floating IP"], TAKES_EFFECT), "without the pair it is back"


def test_destroy_leaves_nothing_of_the_stack(vrrp):
    vrrp.stack.destroy()

    assert vrrp.leftovers() == []
