"""firewalld's own check (``firewall-offline-cmd --check-config``) of the golden zone and service.

Decides that it reads them, and that VRRP comes in from the peer's own address, not for the multicast group that nobody
sends to. Cannot decide what a booted system of the redhat family filters: none is booted here.
"""

import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.daemons.goldens import GOLDENS
from tests.daemons.tools import Tools

GOLDEN = GOLDENS / "haproxy-firewalld/haproxy-firewalld-director-1/etc/firewalld"
BOTH = GOLDENS / "haproxy-firewalld-both-families/haproxy-firewalld-both-families-director-1/etc/firewalld"
ZONE, OWN = "zones/public.xml", "firewalld.conf"

CHECK = """
export GI_TYPELIB_PATH="$(find "$2/usr/lib" -name girepository-1.0 | head -n 1)"
/usr/bin/python3 "$(command -v firewall-offline-cmd)" --system-config "$1" --default-config "$2/usr/lib/firewalld" \
    --check-config
"""


def judged(  # noqa: PLR0913 - a case's own parts
    tools: Tools, folder: Path, whole: str = "", broken: str = "", file: str = ZONE, golden: Path = GOLDEN
) -> CompletedProcess[str]:
    shutil.copy(tools.root / "etc/firewalld/firewalld.conf", folder)
    shutil.copytree(golden, folder, dirs_exist_ok=True)
    text = (folder / file).read_text()
    assert whole in text, "the control breaks nothing"
    (folder / file).write_text(text.replace(whole, broken) if whole else text)
    return tools.run(CHECK, folder, tools.root)


@pytest.mark.parametrize("golden", [GOLDEN, BOTH], ids=["IPv4", "both families"])
def test_firewalld_accepts_the_zone_and_the_service(tools: Tools, golden: Path, tmp_path: Path) -> None:
    verdict = judged(tools, tmp_path, golden=golden)
    assert verdict.returncode == 0, verdict.stdout
    assert verdict.stdout in ("", "success\n"), f"it has something to say:\n{verdict.stdout}"


@pytest.mark.parametrize(
    ("file", "whole", "broken"),
    [
        (ZONE, 'protocol value="vrrp"', 'protocol value="vrpp"'),
        (ZONE, 'address="203.0.113.6"', 'address="203.0.113.600"'),
        (ZONE, 'service name="haproxy"', 'service name="haprxy"'),
        (ZONE, "</rule>", "</role>"),
        ("services/haproxy.xml", 'port="80"', 'port="80000"'),
    ],
)
def test_firewalld_refuses_what_is_broken(tools: Tools, file: str, whole: str, broken: str, tmp_path: Path) -> None:
    verdict = judged(tools, tmp_path, whole, broken, file)
    assert verdict.returncode != 0 or "INVALID" in verdict.stdout, "a check that accepts this decides nothing"


@pytest.mark.parametrize(
    ("file", "whole", "broken"),
    [
        (ZONE, 'address="2001:db8:51::6"', 'address="2001:db8:51::g"'),
        (ZONE, 'family="ipv6"', 'family="ipv4"'),
        (OWN, "IPv6_rpfilter=no", "IPv6_rpfilter=none"),
    ],
)
def test_firewalld_refuses_what_is_broken_of_ipv6(
    tools: Tools, file: str, whole: str, broken: str, tmp_path: Path
) -> None:
    verdict = judged(tools, tmp_path, whole, broken, file, BOTH)
    complaint = any(word in verdict.stdout for word in ("INVALID", "not valid"))
    assert verdict.returncode != 0 or complaint, f"a check that accepts this decides nothing\n{verdict.stdout}"


def test_adverts_come_in_from_the_peers_own_address() -> None:
    text = (GOLDEN / ZONE).read_text()
    assert '<source address="203.0.113.6"/>\n    <protocol value="vrrp"/>' in text
    assert "224.0.0.18" not in text, "adverts are unicast: a rule for the group would make both directors master"
