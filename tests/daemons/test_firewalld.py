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
ZONE = "zones/public.xml"

CHECK = """
export GI_TYPELIB_PATH="$(find "$2/usr/lib" -name girepository-1.0 | head -n 1)"
/usr/bin/python3 "$(command -v firewall-offline-cmd)" --system-config "$1" --default-config "$2/usr/lib/firewalld" \
    --check-config
"""


def judged(tools: Tools, folder: Path, whole: str = "", broken: str = "", file: str = ZONE) -> CompletedProcess[str]:
    shutil.copytree(GOLDEN, folder, dirs_exist_ok=True)
    shutil.copy(tools.root / "etc/firewalld/firewalld.conf", folder)
    text = (folder / file).read_text()
    assert whole in text, "the control breaks nothing"
    (folder / file).write_text(text.replace(whole, broken) if whole else text)
    return tools.run(CHECK, folder, tools.root)


def test_firewalld_accepts_the_zone_and_the_service(tools: Tools, tmp_path: Path) -> None:
    verdict = judged(tools, tmp_path)
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


def test_adverts_come_in_from_the_peers_own_address() -> None:
    text = (GOLDEN / ZONE).read_text()
    assert '<source address="203.0.113.6"/>\n    <protocol value="vrrp"/>' in text
    assert "224.0.0.18" not in text, "adverts are unicast: a rule for the group would make both directors master"
