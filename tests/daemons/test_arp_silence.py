"""A real server's ARP, with the guest's own scripts and settings, in two network namespaces: itself and a neighbour.

Decides that nobody is told that a virtual IP is here, by either arptables and by the sysctls, and that the real server
still reaches its neighbours with the virtual IP as source: replies to clients do. Cannot decide what systemd does at a
boot. eth-vip is a bridge here, since this machine's kernel may lack the dummy interface; ARP knows no difference. Where
the virtual IPs are on the loopback, it is the namespace's own.
"""

from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.daemons.goldens import GOLDENS
from tests.daemons.tools import Tools

GUEST = Path(__file__).parents[2] / "cloud-init/real-server/usr/local/lib/vipstack"
ARPTABLES = GOLDENS / "lvs-dr/lvs-dr-apache-1"
SYSCTL = GOLDENS / "static-ipvs/static-ipvs-heavy"
LOOPBACK = GOLDENS / "many-services/many-services-a"

VIP, REAL, NEIGHBOUR = "203.0.113.2", "203.0.113.4", "203.0.113.20"

# $1: a folder with the guest's /etc and scripts. The neighbour knows the way to the virtual IP as a director does, by
# an entry of its own, so that only the real server's requests are judged by the last ping.
SCENE = f"""
PATH="$1/bin:$PATH"
unshare --net sleep 240 & neighbour=$!
trap 'kill $neighbour' EXIT
while [ "$(readlink /proc/$neighbour/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.05; done
as_neighbour() {{ nsenter --net=/proc/$neighbour/ns/net "$@"; }}
ip link add eth-vip type bridge
ip link add nic type veth peer name nic netns $neighbour
ip address add {REAL}/27 dev nic; ip link set nic up
as_neighbour ip address add {NEIGHBOUR}/27 dev nic; as_neighbour ip link set nic up
sysctl --quiet --load "$1/etc/sysctl.d/90-vipstack.conf"
if [ -e "$1/etc/vipstack/arp-silence.rules" ]; then "$1/arp-silence"; fi
"$1/eth-vip"
until as_neighbour arping -q -c 1 -w 1 -I nic {REAL}; do sleep 0.1; done
echo "real: answered"
as_neighbour arping -q -c 2 -w 2 -I nic {VIP} && echo "virtual: answered" || echo "virtual: silent"
as_neighbour ip neighbour replace {VIP} lladdr "$(cat /sys/class/net/nic/address)" dev nic
ip neighbour flush dev nic
ping -q -c 1 -W 2 -I {VIP} {NEIGHBOUR} >/dev/null && echo "reply: arrived" || echo "reply: lost"
"""


def guest(folder: Path, golden: Path, arptables: str) -> Path:
    """A folder with what the guest has, the scripts' paths pointing into it; ``arptables`` is the program it finds."""
    for source in golden.rglob("etc/*/*"):
        target = folder / source.relative_to(golden)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.read_text())
    for name in ("arp-silence", "eth-vip"):
        script = (GUEST / name).read_text()
        (folder / name).write_text(script.replace("/etc/vipstack/", f"{folder}/etc/vipstack/"))
        (folder / name).chmod(0o755)
    (folder / "bin").mkdir()
    (folder / "bin/arptables").symlink_to(arptables)
    return folder


def seen(result: CompletedProcess[str]) -> dict[str, str]:
    assert result.returncode == 0, result.stdout
    return dict(line.split(": ") for line in result.stdout.splitlines() if ": " in line)


@pytest.mark.parametrize(
    ("golden", "arptables"),
    [(ARPTABLES, "arptables-legacy"), (ARPTABLES, "arptables-nft"), (SYSCTL, "arptables-legacy")],
    ids=["arptables 0.0.5", "arptables-nft", "sysctl"],
)
def test_a_real_server_is_silent_and_yet_answers_its_clients(
    tools: Tools, golden: Path, arptables: str, tmp_path: Path
) -> None:
    folder = guest(tmp_path, golden, tools.find(arptables))
    assert seen(tools.run(SCENE, folder)) == {"real": "answered", "virtual": "silent", "reply": "arrived"}


def on_loopback(folder: Path) -> Path:
    """The same guest with its virtual IPs on the loopback."""
    addresses = folder / "etc/vipstack/eth-vip.conf"
    addresses.write_text(addresses.read_text().replace(" eth-vip", " lo"))
    return folder


@pytest.mark.parametrize(
    ("golden", "arptables"),
    [(ARPTABLES, "arptables-legacy"), (ARPTABLES, "arptables-nft"), (SYSCTL, "arptables-legacy")],
    ids=["arptables 0.0.5", "arptables-nft", "sysctl"],
)
def test_the_loopback_is_as_silent_as_a_dummy_interface(
    tools: Tools, golden: Path, arptables: str, tmp_path: Path
) -> None:
    folder = on_loopback(guest(tmp_path, golden, tools.find(arptables)))
    assert seen(tools.run(SCENE, folder)) == {"real": "answered", "virtual": "silent", "reply": "arrived"}


def test_a_golden_on_the_loopback_is_silent(tools: Tools, tmp_path: Path) -> None:
    folder = guest(tmp_path, LOOPBACK, tools.find("arptables-legacy"))
    assert " lo\n" in (folder / "etc/vipstack/eth-vip.conf").read_text()
    assert seen(tools.run(SCENE, folder)) == {"real": "answered", "virtual": "silent", "reply": "arrived"}


def test_without_arp_ignore_the_loopback_s_virtual_ip_is_claimed(tools: Tools, tmp_path: Path) -> None:
    folder = guest(tmp_path, LOOPBACK, tools.find("arptables-legacy"))
    settings = folder / "etc/sysctl.d/90-vipstack.conf"
    settings.write_text(settings.read_text().replace("arp_ignore = 1", "arp_ignore = 0"))
    assert seen(tools.run(SCENE, folder))["virtual"] == "answered", "any interface answers for any address by default"


def test_virtual_ips_move_between_dummy_and_loopback_and_go(tools: Tools, tmp_path: Path) -> None:
    folder = guest(tmp_path, SYSCTL, tools.find("arptables-legacy"))
    moved = """
    ip link add eth-vip type bridge
    conf="$1/etc/vipstack/eth-vip.conf"
    look() { ip -4 -oneline address show | awk '$2 != "nic" { print $2 "=" $4 }' | sort | tr '\\n' ' '; echo; }
    "$1/eth-vip" start; look
    sed -i 's/ eth-vip$/ lo/' "$conf"; "$1/eth-vip" start; look
    echo "203.0.113.9/32 lo" >"$conf"; "$1/eth-vip" start; look
    "$1/eth-vip" stop; look
    """
    told = [line.split() for line in tools.run(moved, folder).stdout.splitlines()]
    assert told == [
        [f"eth-vip={VIP}/32", "lo=127.0.0.1/8"],
        ["lo=127.0.0.1/8", f"lo={VIP}/32"],
        ["lo=127.0.0.1/8", "lo=203.0.113.9/32"],
        ["lo=127.0.0.1/8"],
    ], "an address that stays behind would still take its packets; the loopback's own must stay"


def test_without_silence_the_real_server_claims_the_virtual_ip(tools: Tools, tmp_path: Path) -> None:
    folder = guest(tmp_path, ARPTABLES, tools.find("arptables-legacy"))
    (folder / "etc/vipstack/arp-silence.rules").unlink()
    assert seen(tools.run(SCENE, folder))["virtual"] == "answered", "the silence above would be an accident"


@pytest.mark.parametrize("arptables", ["arptables-legacy", "arptables-nft"])
def test_without_arp_announce_the_rules_drop_the_real_servers_own_questions(
    tools: Tools, arptables: str, tmp_path: Path
) -> None:
    folder = guest(tmp_path, ARPTABLES, tools.find(arptables))
    (folder / "etc/sysctl.d/90-vipstack.conf").write_text("net.ipv4.conf.all.arp_announce = 0\n")
    assert seen(tools.run(SCENE, folder))["reply"] == "lost", "the sysctl would be there for nothing"


@pytest.mark.parametrize("arptables", ["arptables-legacy", "arptables-nft"])
def test_the_scripts_may_run_again_and_follow_a_changed_list(tools: Tools, arptables: str, tmp_path: Path) -> None:
    folder = guest(tmp_path, ARPTABLES, tools.find(arptables))
    changed = """
    PATH="$1/bin:$PATH"
    ip link add eth-vip type bridge
    "$1/arp-silence"; "$1/eth-vip"; "$1/arp-silence"; "$1/eth-vip"
    arptables -L INPUT -n | grep -c DROP
    arptables -F; "$1/arp-silence"
    arptables -L INPUT -n | grep -c DROP
    ip -4 -oneline address show dev eth-vip | awk '{ print $4 }'
    echo 203.0.113.9/32 eth-vip >"$1/etc/vipstack/eth-vip.conf"
    echo '-A INPUT -d 203.0.113.9 -j DROP' >"$1/etc/vipstack/arp-silence.rules"
    "$1/arp-silence"; "$1/eth-vip"
    arptables -L INPUT -n | grep -c DROP
    ip -4 -oneline address show dev eth-vip | awk '{ print $4 }'
    """
    told = tools.run(changed, folder).stdout.split()
    assert told == ["1", "1", f"{VIP}/32", "2", "203.0.113.9/32"], "rules before addresses, never twice, flushed or not"
