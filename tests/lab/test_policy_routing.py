"""``policy-routing`` on real guests: every address answers from beyond the routers, through the gateway of its network.

Decides what DHCP, a failover, a network manager that starts again and a reboot make of the tables. Cannot decide what a
cable that is pulled does: tests/drill does.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.lab.ahead import Wanted
from tests.waiting import BOOT_SECONDS, last_seen

from lab import traffic
from lab.layout import IMAGE_BAKED, OUTSIDE_CLIENT
from lab.stacks import PROJECT

STACK = Wanted("policy-routing", IMAGE_BAKED)

# Connects to port 22 of each address and says what greets it there.
GREETINGS = """
import socket, sys
for address in sys.argv[1:]:
    try:
        greeting = socket.create_connection((address, 22), timeout=4).recv(99).decode().strip()
    except OSError:
        greeting = "lost"
    print(address, greeting)
"""
GOLDEN_BONDS = "tests/golden/goldens/bonds/bonds-director-1/etc/vipstack/bonds.conf"
BONDS_SCRIPT = "cloud-init/bonds/usr/local/lib/vipstack/bonds"
OUT = re.compile(r" (\S+) +Out IP (\d+\.\d+\.\d+\.\d+)\.22 > ")


@pytest.fixture(scope="module")
def routed(bring_up):
    """The stack on the baked image."""
    with bring_up(STACK) as stack:
        yield stack


def own(stack, *directors: str) -> list[str]:
    """The addresses of directors, on all their networks."""
    return [address for key in directors for address in stack.outputs["hosts"][key]["addresses"].values()]


def greeted(stack, addresses: list[str]) -> dict[str, bool]:
    """Which addresses greet the client beyond the routers by SSH."""
    client = traffic.client(stack.lab)
    _, output = client.shell(["python3", "-c", GREETINGS, *addresses], 10 + 5 * len(addresses))
    rows = (line.split(maxsplit=1) for line in output.splitlines())
    return {address: greeting.startswith("SSH-") for address, greeting in rows}


def served(stack, addresses: list[str]) -> dict[str, bool]:
    """Which addresses serve the example page to the client beyond the routers by HTTP."""
    page = stack.server("web-1")
    client = traffic.client(stack.lab)
    return {address: traffic.ask(client, f"http://{address}/")[page] == 1 for address in addresses}


def moving_rules(stack, *directors: str) -> list[str]:
    """Which of the directors, of all if none is named, have the virtual IP's rules."""
    look = f"ip rule show | grep -c -F 'from {stack.vip['address']} lookup' || true"
    return [key for key in directors or stack.keys("director") if int(stack.shell(key, look))]


@contextmanager
def without_rules(stack, director: str) -> Iterator[None]:
    """The director with nothing but what DHCP and keepalived made."""
    flush = "ip rule show | sed -n 's/^\\([0-9]*\\):.*proto 118$/\\1/p' | while read -r p; do ip rule del pref $p; done"
    stack.shell(director, f"systemctl stop vipstack-routing; {flush}")
    try:
        yield
    finally:
        stack.shell(director, "systemctl start vipstack-routing")


def test_ssh_reaches_every_address_from_a_remote_network(routed):
    addresses = [*own(routed, *routed.keys("director")), routed.vip["address"]]

    assert greeted(routed, addresses) == dict.fromkeys(addresses, True)


def test_http_reaches_every_address_from_a_remote_network(routed):
    addresses = [*own(routed, *routed.keys("director")), routed.vip["address"]]

    assert served(routed, addresses) == dict.fromkeys(addresses, True)


def test_each_reply_leaves_by_the_nic_of_the_network_that_was_asked(routed):
    [master] = routed.holders()
    host = routed.outputs["hosts"][master]
    nics = {
        address: routed.shell(master, f"ip -br link | grep -F {host['macs'][network]} | cut -d' ' -f1").split()[0]
        for network, address in host["addresses"].items()
    }
    wanted = {**nics, routed.vip["address"]: nics[host["addresses"][routed.vip["network"]]]}
    dump = f"timeout 60 tcpdump -lni any 'tcp src port 22 and dst host {OUTSIDE_CLIENT}' >/root/out 2>/root/err"
    routed.shell(master, f'systemd-run --quiet --collect --unit=look sh -c "{dump}"')
    assert last_seen(lambda: "listening" in routed.shell(master, "cat /root/err"), seconds=30)

    assert all(greeted(routed, list(wanted)).values())
    routed.shell(master, "sleep 2; systemctl stop look || true")
    seen = [(address, nic) for nic, address in OUT.findall(routed.shell(master, "cat /root/out"))]

    assert set(seen) == set(wanted.items()), "each address by its own NIC, and by no other"


def test_the_virtual_ips_table_is_where_the_virtual_ip_is(routed):
    assert len(routed.holders()) == 1
    assert moving_rules(routed) == routed.holders()


def test_names_stand_beside_the_distributions_own(routed):
    for director in routed.keys("director"):
        shown = routed.shell(director, "ip rule show; grep -c '^254' /etc/iproute2/rt_tables")
        assert "lookup nic-back" in shown
        assert "lookup main" in shown, "the source wrote over the list that names it"


def test_without_the_rules_replies_take_another_networks_gateway_and_are_lost(routed):
    [backup] = set(routed.keys("director")) - set(routed.holders())
    with without_rules(routed, backup):
        assert not all(greeted(routed, own(routed, backup)).values()), "the cloud drops a foreign source address"
    assert last_seen(lambda: all(greeted(routed, own(routed, backup)).values()), seconds=30)


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param("networkctl renew eth1", marks=pytest.mark.thorough),
        pytest.param("networkctl reconfigure eth1", marks=pytest.mark.thorough),
        "systemctl restart systemd-networkd",
    ],
)
def test_whatever_the_network_manager_does_the_tables_stay(routed, trouble: str):
    [master] = routed.holders()
    routed.shell(master, trouble)
    addresses = [*own(routed, master), routed.vip["address"]]

    assert last_seen(lambda: all(greeted(routed, addresses).values()), seconds=60), routed.shell(master, "ip rule")
    assert moving_rules(routed) == routed.holders()


def test_after_a_crash_the_table_has_moved_and_after_the_reboot_every_address_answers(routed):
    [master] = routed.holders()
    [backup] = set(routed.keys("director")) - {master}
    routed.cloud.compute.reboot_server(routed.outputs["hosts"][master]["server-id"], "HARD")

    assert last_seen(lambda: backup in moving_rules(routed, backup), seconds=60), "the rules come with the virtual IP"
    assert last_seen(lambda: greeted(routed, [routed.vip["address"]])[routed.vip["address"]], seconds=30)
    addresses = [*own(routed, master, backup), routed.vip["address"]]
    assert last_seen(lambda: all(greeted(routed, addresses).values()), seconds=BOOT_SECONDS), greeted(routed, addresses)
    assert last_seen(lambda: moving_rules(routed) == routed.holders(), seconds=30)
    assert last_seen(lambda: all(served(routed, addresses).values()), seconds=60), served(routed, addresses)
    asks = "grep -lx 60 /proc/sys/net/ipv4/neigh/*/mcast_solicit | wc -l"
    assert routed.shell(master, asks).strip() == "1", "where adverts travel its kernel asks for the peer for a minute"


def test_dns_servers_arrive(routed):
    for director in routed.keys("director"):
        assert "172.3.10.4 172.3.10.8" in routed.shell(director, "resolvectl dns")


BOND = """
set -eu
systemctl start openvswitch-switch
status() { ovs-appctl lacp/show br-front-bond | grep -c 'current attached' || true; }
for n in 1 2; do ip link add leg$n type veth peer name peer$n; ip link set peer$n up; done
ovs-vsctl add-br br-peer -- add-bond br-peer bond-peer peer1 peer2 \\
    -- set port bond-peer lacp=active bond_mode=balance-tcp
ip netns add beyond
ip link add far type veth peer name far netns beyond
ip link set far up; ovs-vsctl add-port br-peer far
ip -n beyond address add 10.9.9.9/24 dev far; ip -n beyond link set far up
sh /root/bonds
ip address add 10.9.9.36/24 dev br-front; ip link set br-front up
nft insert rule inet vipstack input iifname br-front accept
for _ in $(seq 60); do if [ "$(status)" = 2 ]; then break; fi; sleep 0.5; done
echo "negotiated: $(status)"
ping -q -c 1 -W 5 10.9.9.9 >/dev/null || true
ping -q -i 0.1 -c 80 -W 1 10.9.9.9 >/root/ping & ping=$!
sleep 3; ip link set peer1 down; wait $ping || true
echo "received: $(sed -n 's/.* \\([0-9]*\\) received.*/\\1/p' /root/ping)"
ip link set peer2 down
ping -q -c 2 -W 1 10.9.9.9 >/dev/null && echo "both cut: answered" || echo "both cut: silent"
"""


@pytest.mark.thorough
def test_a_bond_by_lacp_outlives_a_leg_in_a_guests_kernel(routed):
    """Two Open vSwitch bridges in one guest, joined by two cables; one of them is made by the rendered file."""
    director = routed.keys("director")[-1]
    line = (PROJECT / GOLDEN_BONDS).read_text().splitlines()[0]
    named = line.replace("@nic:front@", "leg1").replace("@nic:front.2@", "leg2")
    script = (PROJECT / BONDS_SCRIPT).read_text().replace("/etc/vipstack/bonds.conf", "/root/bonds.conf")
    agent = routed.agent(director)
    agent.put("/root/bonds.conf", f"{named}\n".encode())
    agent.put("/root/bonds", script.encode())
    agent.put("/root/scene", BOND.encode())

    said = dict(line.split(": ") for line in routed.shell(director, "sh /root/scene", 180).splitlines() if ": " in line)

    assert said["negotiated"] == "2"
    assert int(said["received"]) >= 70, "of 80 in eight seconds, with one leg cut for five of them"
    assert said["both cut"] == "silent", "else the packets took another way"
