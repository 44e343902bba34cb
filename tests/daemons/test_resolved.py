"""systemd-resolved with the golden of its drop-in: what programs that read /etc/resolv.conf are told.

Decides that the domains and servers are taken from the file, that without it there are none, and that a broken one is
complained of. Cannot decide who else tells a guest of names (tests/lab).
"""

import pytest
from tests.daemons.goldens import goldens
from tests.daemons.tools import Tools

DROP_INS = goldens("etc/systemd/resolved.conf.d/vipstack.conf")
SHIPPED = DROP_INS["policy-routing/policy-routing-director-1/etc/systemd/resolved.conf.d/vipstack.conf"].read_text()

# $1: the daemon, $2: the drop-in's text. It runs without D-Bus, as a user that its package would have made.
RESOLVE = """
mount -t tmpfs tmpfs /run; mkdir -p /run/systemd/resolve
mount -t tmpfs tmpfs /mnt; cp -a /etc /mnt/etc; mount --bind /mnt/etc /etc
mkdir -p /etc/systemd/resolved.conf.d; printf '%s' "$2" >/etc/systemd/resolved.conf.d/vipstack.conf
grep -q systemd-resolve /etc/passwd || echo systemd-resolve:x:0:0::/:/bin/false >>/etc/passwd
"$1" & daemon=$!
trap 'kill $daemon' EXIT
until [ -e /run/systemd/resolve/resolv.conf ]; do sleep 0.1; done
cat /run/systemd/resolve/resolv.conf
"""


def told(tools: Tools, drop_in: str) -> str:
    daemon = tools.folder("lib/systemd/systemd-resolved") / "systemd-resolved"
    result = tools.run(RESOLVE, daemon, drop_in)
    assert result.returncode == 0, result.stdout
    return result.stdout


def test_programs_are_told_the_domains_and_servers_of_the_guests_networks(tools: Tools) -> None:
    lines = told(tools, SHIPPED).splitlines()
    assert "search prod-vip.mydomain.com prod.mydomain.com" in lines
    assert {"nameserver 172.3.10.4", "nameserver 172.3.10.8"} <= set(lines)


def test_without_the_file_there_is_no_domain(tools: Tools) -> None:
    assert "mydomain.com" not in told(tools, ""), "else what is told above came from elsewhere"


@pytest.mark.parametrize(
    ("whole", "broken", "words"),
    [
        ("Domains=", "Domain=", "Unknown key 'Domain'"),
        ("[Resolve]", "[Resolv]", "Unknown section 'Resolv'"),
        ("172.3.10.4", "172.3.10.400", "172.3.10.400"),
    ],
)
def test_systemd_complains_of_what_is_broken(tools: Tools, whole: str, broken: str, words: str) -> None:
    assert whole in SHIPPED, "the control breaks nothing"
    assert words in told(tools, SHIPPED.replace(whole, broken)), "a check that accepts this decides nothing"
