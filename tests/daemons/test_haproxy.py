"""HAProxy's own check, ``haproxy -c``, of every golden haproxy.cfg with the certificates that it names.

Decides that every keyword exists, stands where it may and has a value that HAProxy takes, that a certificate and its
key belong together, and that systemd's check of a broken file refuses a reload. Cannot decide what HAProxy does with a
request (tests/drill, tests/lab).
"""

from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.daemons.goldens import GOLDENS, goldens
from tests.daemons.tools import Tools

from guestconfig import paths

CONFIGURATIONS = goldens("etc/haproxy/haproxy.cfg")
SHIPPED = CONFIGURATIONS["haproxy/haproxy-lb-1/etc/haproxy/haproxy.cfg"]
BOTH = CONFIGURATIONS["haproxy-both-families/haproxy-both-families-lb-1/etc/haproxy/haproxy.cfg"]
EVERYTHING = CONFIGURATIONS["haproxy-tls/haproxy-tls-director-1/etc/haproxy/haproxy.cfg"]

# HAProxy asks for its user and group by name.
CHECK = """
printf 'haproxy:x:1:1::/:/\\n' >"$1/passwd"; printf 'haproxy:x:1:\\n' >"$1/group"
mount --bind "$1/passwd" /etc/passwd; mount --bind "$1/group" /etc/group
haproxy -c -f "$1/haproxy.cfg"
"""


def judged(tools: Tools, text: str, certificates: Path, folder: Path) -> CompletedProcess[str]:
    """With the certificates of a golden, in the folder."""
    for certificate in certificates.glob("*.pem"):
        (folder / certificate.name).write_text(certificate.read_text())
    (folder / "haproxy.cfg").write_text(text.replace(paths.CERTIFICATES, str(folder)))
    return tools.run(CHECK, folder)


@pytest.mark.parametrize("golden", CONFIGURATIONS)
def test_haproxy_accepts_every_golden(tools: Tools, golden: str, tmp_path: Path) -> None:
    file = CONFIGURATIONS[golden]
    verdict = judged(tools, file.read_text(), file.parent / "certs", tmp_path)
    assert verdict.returncode == 0, f"a director would refuse its configuration:\n{verdict.stdout}"
    assert "WARNING" not in verdict.stdout, f"HAProxy accepts it, but has something to say:\n{verdict.stdout}"


@pytest.mark.parametrize(
    ("golden", "whole", "broken", "words"),
    [
        (SHIPPED, "balance leastconn", "balance least", "balance only supports"),
        (SHIPPED, "default_backend web", "default_backend wbe", "unable to find required default_backend"),
        (SHIPPED, "use_backend static if static", "use_backend static if statik", "no such ACL"),
        (SHIPPED, "bind 203.0.113.2:80\n", "bind 203.0.113.2:80000\n", "invalid port"),
        (SHIPPED, "timeout connect 10s", "timeout connect soon", "unexpected character"),
        (SHIPPED, "peers directors\n    stick", "peers drectors\n    stick", "unable to find"),
        (BOTH, "bind [2001:db8:51::2]:80\n", "bind [2001:db8:51::2:80\n", "invalid address"),
        (BOTH, "server web-1 [2001:db8:51::4]:80", "server web-1 [2001:db8:51::g]:80", "could not resolve"),
        (BOTH, "src 203.0.113.0/27 2001:db8:51::/64", "src 203.0.113.0/27 2001:db8:51::/129", "2001:db8:51::/129"),
        (BOTH, "stick-table type ipv6", "stick-table type ipv5", "unknown type"),
        (EVERYTHING, "send-proxy-v2", "send-proxy-v3", "unknown keyword"),
        (
            EVERYTHING,
            "crt /etc/haproxy/certs/shop.pem",
            "crt /etc/haproxy/certs/absent.pem",
            "unable to stat SSL certificate",
        ),
        (EVERYTHING, "expect-proxy layer4", "expect-proxy layer5", "only supports 'layer4'"),
        (EVERYTHING, "    mode tcp\n    option tcplog", "    mode udp\n    option tcplog", "unknown proxy mode"),
    ],
)
def test_haproxy_refuses_what_is_broken(  # noqa: PLR0913 - a case's own parts
    tools: Tools, golden: Path, whole: str, broken: str, words: str, tmp_path: Path
) -> None:
    text = golden.read_text()
    assert whole in text, "the control breaks nothing"
    verdict = judged(tools, text.replace(whole, broken), golden.parent / "certs", tmp_path)
    assert verdict.returncode != 0, "a check that accepts this decides nothing"
    assert words in verdict.stdout


def test_haproxy_refuses_a_certificate_with_another_ones_key(tools: Tools, tmp_path: Path) -> None:
    own = (EVERYTHING.parent / "certs/shop.pem").read_text()
    certificate, mark, _ = own.partition("-----BEGIN PRIVATE KEY-----")
    tools.run('openssl ecparam -name prime256v1 -genkey -noout -out "$1/other"', tmp_path)
    folder = tmp_path / "certs"
    folder.mkdir()
    (folder / "fallback.pem").write_text(own)
    (folder / "shop.pem").write_text(certificate + (tmp_path / "other").read_text())
    verdict = judged(tools, EVERYTHING.read_text(), folder, tmp_path)
    assert mark
    assert verdict.returncode != 0, "a check that accepts this decides nothing"
    assert "inconsistencies between private key and certificate" in verdict.stdout


def test_there_are_goldens_of_both_families() -> None:
    sockets = {
        line for file in CONFIGURATIONS.values() for line in file.read_text().splitlines() if "stats socket" in line
    }
    assert len(sockets) == 2, f"one of each family below {GOLDENS}"
