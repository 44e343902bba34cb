"""A bond over two cables to another Open vSwitch, made by the guest's own script of a golden.

Decides that LACP is negotiated, that traffic goes on when a leg is cut, and that the script may run again. Runs on the
userspace datapath, as this machine's kernel may lack the other; a guest's kernel is asked in tests/lab. Cannot decide
what a real switch makes of it, nor how DHCP's address moves to the bridge.
"""

from pathlib import Path

import pytest
from tests.daemons.goldens import GOLDENS
from tests.daemons.tools import Tools

SCRIPT = Path(__file__).parents[2] / "cloud-init/bonds/usr/local/lib/vipstack/bonds"
GOLDEN = GOLDENS / "bonds/bonds-director-1/etc/vipstack/bonds.conf"

# $1: a folder with script and file; $2: what the peer speaks; $3: where packages are unpacked. Two cables lead to
# the peer's bond, a third from the peer's bridge to a host beyond it.
SCENE = """
export OVS_RUNDIR="$1" OVS_DBDIR="$1" OVS_LOGDIR="$1"
schema=$(find "$3/usr/share/openvswitch" /usr/share/openvswitch -name vswitch.ovsschema 2>/dev/null | head -1)
ovsdb-tool create "$1/conf.db" "$schema"
ovsdb-server "$1/conf.db" --remote=punix:"$1/db.sock" --unixctl="$1/db.ctl" 2>"$1/db.log" & database=$!
trap 'kill $database' EXIT
until ovs-vsctl --no-wait init 2>/dev/null; do sleep 0.1; done
ovs-vswitchd unix:"$1/db.sock" --unixctl="$1/switch.ctl" 2>"$1/switch.log" & switch=$!
unshare --net sleep 240 & beyond=$!
trap 'kill $beyond $switch $database' EXIT
PATH="$1/bin:$PATH"
status() { ovs-appctl -t "$1/switch.ctl" bond/show br-front-bond; }
for n in 1 2; do ip link add leg$n type veth peer name peer$n; ip link set peer$n up; done
ovs-vsctl --may-exist add-br br-peer
if [ "$2" = lacp ]; then
    ovs-vsctl add-bond br-peer bond-peer peer1 peer2 -- set port bond-peer lacp=active bond_mode=balance-tcp
else
    ovs-vsctl add-port br-peer peer1 -- add-port br-peer peer2
fi
while [ "$(readlink /proc/$beyond/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
ip link add far type veth peer name far netns $beyond
ip link set far up; ovs-vsctl add-port br-peer far
nsenter --net=/proc/$beyond/ns/net ip address add 172.3.15.9/24 dev far
nsenter --net=/proc/$beyond/ns/net ip link set far up
"$1/bonds"
"$1/bonds"
ip address add 172.3.15.36/24 dev br-front; ip link set br-front up
lacp() { ovs-appctl -t "$1/switch.ctl" lacp/show br-front-bond; }
for _ in $(seq 40); do if [ "$(lacp "$1" | grep -c 'current attached')" = 2 ]; then break; fi; sleep 0.2; done
status "$1" | grep bond_mode
lacp "$1" | sed -n 's/.*lacp_time: /lacp-time: /p'
# Not bond/show's lacp_status, which calls it negotiated too when there is nobody and one leg stands in.
echo "negotiated: $(lacp "$1" | grep -c 'current attached')"
echo "enabled: $(status "$1" | grep -c ': enabled')"
for _ in $(seq 20); do if ping -q -c 1 -W 1 172.3.15.9 >/dev/null; then break; fi; done
ping -q -i 0.05 -c 60 -W 1 172.3.15.9 >"$1/ping" & ping=$!
sleep 1; ip link set peer1 down; wait $ping || true
echo "lost: $((60 - $(sed -n 's/.* \\([0-9]*\\) received.*/\\1/p' "$1/ping")))"
echo "still enabled: $(status "$1" | grep -c ': enabled')"
ip link set peer2 down
ping -q -c 2 -i 0.2 -W 1 172.3.15.9 >/dev/null && echo "both cut: answered" || echo "both cut: silent"
"""

# The guest's kernel has a datapath of its own; here each bridge is told to do without.
IN_USERSPACE = """#!/bin/sh
case "$*" in
"--may-exist add-br "*) exec {program} "$@" -- set bridge "$3" datapath_type=netdev ;;
*) exec {program} "$@" ;;
esac
"""


def guest(tools: Tools, folder: Path) -> Path:
    """A folder with the script and its file, the cables' names in it."""
    line = GOLDEN.read_text().splitlines()[0]
    (folder / "bonds.conf").write_text(line.replace("@nic:front@", "leg1").replace("@nic:front.2@", "leg2") + "\n")
    (folder / "bonds").write_text(SCRIPT.read_text().replace("/etc/vipstack", str(folder)))
    (folder / "bin").mkdir()
    (folder / "bin/ovs-vsctl").write_text(IN_USERSPACE.format(program=tools.find("ovs-vsctl")))
    for program in ("bonds", "bin/ovs-vsctl"):
        (folder / program).chmod(0o755)
    return folder


def seen(tools: Tools, folder: Path, peer: str) -> dict[str, str]:
    result = tools.run(SCENE, guest(tools, folder), peer, tools.root)
    assert result.returncode == 0, result.stdout
    return dict(line.split(": ") for line in result.stdout.splitlines() if line.count(": ") == 1)


@pytest.fixture(scope="module")
def bonded(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return seen(tools, tmp_path_factory.mktemp("bonded"), "lacp")


def test_lacp_is_negotiated_as_the_file_says(bonded: dict[str, str]) -> None:
    assert (bonded["bond_mode"], bonded["lacp-time"], bonded["negotiated"]) == ("balance-tcp", "slow", "2")
    assert bonded["enabled"] == "2"


def test_with_one_leg_cut_traffic_goes_on(bonded: dict[str, str]) -> None:
    assert int(bonded["lost"]) <= 5, "of 60 in three seconds; the cable was out for two of them"
    assert bonded["still enabled"] == "1"


def test_with_both_legs_cut_there_is_silence(bonded: dict[str, str]) -> None:
    assert bonded["both cut"] == "silent", "else the packets took another way, and the bond was never asked"


def test_without_a_partner_that_speaks_lacp_one_leg_carries_everything(tools: Tools, tmp_path: Path) -> None:
    alone = seen(tools, tmp_path, "nothing")
    assert alone["negotiated"] == "0"
    assert int(alone["lost"]) <= 10, "a switch that is not set up yet must not cut a director off"
