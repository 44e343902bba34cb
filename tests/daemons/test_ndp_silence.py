"""A real server's neighbour discovery, in two network namespaces: itself, with the guest's own script, and a neighbour.

Decides what docs/systems/dual-stack.md says: Linux answers a neighbour solicitation only by the interface that has the
address, so a virtual IP of IPv6 on eth-vip is silent without a rule, and a virtual IP as source of a reply tells no
neighbour that it is here. eth-vip is a bridge, since this machine's kernel may lack the dummy interface; a bridge
without ports would wait for a carrier before it uses an address, a dummy interface never does, hence accept_dad.
"""

from pathlib import Path

import pytest
from tests.daemons.goldens import GOLDENS
from tests.daemons.test_arp_silence import guest, seen
from tests.daemons.tools import Tools

GOLDEN = GOLDENS / "dual-stack/dual-stack-apache-1"
VIP, REAL, NEIGHBOUR = "2001:db8:51::2", "2001:db8:51::4", "2001:db8:51::100"

# $1: a folder with the guest's /etc and scripts; $2: what is done to it before it is asked.
SCENE = f"""
PATH="$1/bin:$PATH"
unshare --net sleep 240 & neighbour=$!
trap 'kill $neighbour' EXIT
while [ "$(readlink /proc/$neighbour/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
as_neighbour() {{ nsenter --net=/proc/$neighbour/ns/net "$@"; }}
sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
ip link add eth-vip type bridge
ip link add nic type veth peer name nic netns $neighbour
ip address add {REAL}/64 dev nic nodad; ip link set nic up
as_neighbour ip address add {NEIGHBOUR}/64 dev nic nodad; as_neighbour ip link set nic up
sysctl --quiet --load "$1/etc/sysctl.d/90-vipstack.conf"
"$1/eth-vip"
eval "$2"
has() {{
    as_neighbour ping -q -c 1 -W 2 "$1" >/dev/null || true
    as_neighbour ip neighbour show "$1" | grep -c lladdr
}}
until [ "$(has {REAL})" = 1 ]; do sleep 0.1; done
echo "real: answered"
if [ "$(has {VIP})" = 1 ]; then echo "virtual: answered"; else echo "virtual: silent"; fi
as_neighbour ip neighbour replace {VIP} lladdr "$(cat /sys/class/net/nic/address)" dev nic
ip neighbour flush dev nic; as_neighbour ip neighbour flush to {REAL}
ping -q -c 1 -W 2 -I {VIP} {NEIGHBOUR} >/dev/null && echo "reply: arrived" || echo "reply: lost"
as_neighbour ip neighbour show {VIP} | grep -q PERMANENT && echo "claim: none" || echo "claim: made"
"""


def test_a_virtual_ip_of_ipv6_is_silent_and_yet_answers_its_clients(tools: Tools, tmp_path: Path) -> None:
    folder = guest(tmp_path, GOLDEN, tools.find("arptables-legacy"))
    told = seen(tools.run(SCENE, folder, "true"))
    assert told == {"real": "answered", "virtual": "silent", "reply": "arrived", "claim": "none"}


@pytest.mark.parametrize(
    "slip",
    [
        f"ip address add {VIP}/128 dev nic nodad",
        # A host that forwards, and stands in for the address as for a neighbour behind it.
        f"sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.conf.all.proxy_ndp=1; "
        f"ip neighbour add proxy {VIP} dev nic",
    ],
    ids=["on the NIC", "proxy_ndp"],
)
def test_the_silence_is_not_an_accident(tools: Tools, slip: str, tmp_path: Path) -> None:
    folder = guest(tmp_path, GOLDEN, tools.find("arptables-legacy"))
    assert seen(tools.run(SCENE, folder, slip))["virtual"] == "answered", "the silence above would prove nothing"


def test_the_script_follows_a_changed_list_of_both_families(tools: Tools, tmp_path: Path) -> None:
    folder = guest(tmp_path, GOLDEN, tools.find("arptables-legacy"))
    changed = """
    ip link add eth-vip type bridge
    "$1/eth-vip"; "$1/eth-vip"
    ip -oneline address show dev eth-vip scope global | awk '{ print $4 }'
    echo '2001:db8:51::9/128 eth-vip' >"$1/etc/vipstack/eth-vip.conf"
    "$1/eth-vip"
    ip -oneline address show dev eth-vip scope global | awk '{ print $4 }'
    """
    told = tools.run(changed, folder).stdout.split()
    assert told == ["198.51.100.2/32", f"{VIP}/128", "2001:db8:51::9/128"], "what is gone goes, of either family"
