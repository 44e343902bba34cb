"""rsyslog's and logrotate's own checks of every golden, and what rsyslog does with what HAProxy says, for real.

Decides that the files are accepted, that requests and states are told apart and carry the host's name, and that after a
rotation the new file is written. Cannot decide what Debian's other drop files do with the same messages (tests/lab).
"""

from pathlib import Path

import pytest
from tests.daemons.goldens import goldens
from tests.daemons.tools import Tools

DROP_FILES = goldens("etc/rsyslog.d/*.conf")
ROTATIONS = goldens("etc/logrotate.d/*")
HAPROXY = DROP_FILES["haproxy/haproxy-lb-1/etc/rsyslog.d/30-vipstack-haproxy.conf"]
KEEPALIVED = DROP_FILES["haproxy/haproxy-lb-1/etc/rsyslog.d/30-vipstack-keepalived.conf"]
ROTATION = ROTATIONS["haproxy/haproxy-lb-1/etc/logrotate.d/haproxy"]


def modules(tools: Tools) -> Path:
    return tools.folder("usr/lib/*/rsyslog/imudp.so")


# facility local2 is 18: priority 18 * 8 + severity; 6 is info, 5 notice, 1 alert. Standard error comes as daemon.
SAY = """
import socket, sys
said = (
    (30, "haproxy[5]", "a worker was forked"),
    (150, "haproxy[7]", "a request"),
    (149, "haproxy[7]", "a start"),
    (14, "cron[9]", "of somebody else"),
    (145, "haproxy[7]", "a server is DOWN"),
)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    for priority, tag, text in said:
        sender.sendto(f"<{priority}>Nov 21 12:00:00 {tag}: {text} {sys.argv[1]}".encode(), ("127.0.0.1", 514))
"""

RUN = """
rsyslogd -n -M "$1" -f "$2/rsyslog.conf" -i "$2/pid" & rsyslog=$!
trap 'kill $rsyslog' EXIT
until grep -q 0100007F:0202 /proc/net/udp; do sleep 0.1; done
arrived() { grep -q "request $2" "$1/haproxy.log" && states $@; }
states() { grep -q "DOWN $2" "$1/haproxy-status.log" && grep -q "forked $2" "$1/haproxy-status.log"; }
says() { python3 "$1/say.py" "$2"; until arrived "$1" "$2"; do sleep 0.1; done; }
says "$2" before
mv "$2/haproxy.log" "$2/haproxy.log.1"
kill -HUP $rsyslog; until ! ls -l /proc/$rsyslog/fd | grep -q 'haproxy.log.1'; do sleep 0.1; done
says "$2" after
"""


def judged(tools: Tools, file: Path) -> tuple[int, str]:
    verdict = tools.run('rsyslogd -N1 -M "$1" -f "$2"', modules(tools), file)
    return verdict.returncode, verdict.stdout


@pytest.mark.parametrize("golden", DROP_FILES)
def test_rsyslog_accepts_every_golden(tools: Tools, golden: str) -> None:
    code, said = judged(tools, DROP_FILES[golden])
    assert code == 0, f"a director would refuse its log's configuration:\n{said}"
    assert "error" not in said.lower(), said


@pytest.mark.parametrize(
    ("whole", "broken"),
    [
        ('module(load="imudp")', 'module(load="imudq")'),
        ('type="omfile"', 'type="omfiel"'),
        ('template="vipstack-haproxy")', 'template="vipstack"'),
        ("local2.=info", "locla2.=info"),
    ],
)
def test_rsyslog_refuses_what_is_broken(tools: Tools, whole: str, broken: str, tmp_path: Path) -> None:
    text = HAPROXY.read_text()
    assert whole in text, "the control breaks nothing"
    file = tmp_path / "broken.conf"
    file.write_text(text.replace(whole, broken))
    assert judged(tools, file)[0] != 0, "a check that accepts this decides nothing"


def test_requests_and_states_are_told_apart_and_a_rotation_is_followed(tools: Tools, tmp_path: Path) -> None:
    everything = f'{HAPROXY.read_text()}\n*.* action(type="omfile" file="/var/log/rest")\n'
    (tmp_path / "rsyslog.conf").write_text(everything.replace("/var/log", str(tmp_path)))
    (tmp_path / "say.py").write_text(SAY)
    told = tools.run(RUN, modules(tools), tmp_path)
    assert told.returncode == 0, told.stdout
    requests = (tmp_path / "haproxy.log.1").read_text()
    states = (tmp_path / "haproxy-status.log").read_text()
    assert requests.splitlines()[0].endswith(" haproxy-lb-1 haproxy[7]: a request before"), "with the host's name"
    assert len(requests.splitlines()) == 1, "states are no requests"
    # Two rules write into it, each in its own order.
    assert {line.rpartition("a ")[2] for line in states.splitlines()} == {
        f"{said} {when}" for said in ("worker was forked", "start", "server is DOWN") for when in ("before", "after")
    }
    assert "after" in (tmp_path / "haproxy.log").read_text(), "the new file is written, not the rotated one"
    rest = (tmp_path / "rest").read_text()
    assert "of somebody else" in rest
    assert "request" not in rest, "what is in a file of its own is not in the system's log again"


@pytest.mark.parametrize("golden", ROTATIONS)
def test_logrotate_accepts_every_golden(tools: Tools, golden: str, tmp_path: Path) -> None:
    verdict = rotated(tools, ROTATIONS[golden].read_text(), tmp_path)
    assert verdict[0] == 0, verdict[1]
    assert "error" not in verdict[1], verdict[1]


@pytest.mark.parametrize(
    ("whole", "broken"), [("    daily\n", "    dayly\n"), ("rotate 7", "rotate seven"), ("    endscript\n", "")]
)
def test_logrotate_refuses_what_is_broken(tools: Tools, whole: str, broken: str, tmp_path: Path) -> None:
    text = ROTATION.read_text()
    assert whole in text, "the control breaks nothing"
    code, said = rotated(tools, text.replace(whole, broken), tmp_path)
    assert code != 0 or "error" in said, "a check that accepts this decides nothing"


def rotated(tools: Tools, text: str, folder: Path) -> tuple[int, str]:
    file = folder / "rotation"
    file.write_text(text)
    file.chmod(0o644)
    verdict = tools.run('logrotate --debug --state "$2" "$1"', file, folder / "state")
    return verdict.returncode, verdict.stdout


def test_both_daemons_are_rotated_apart() -> None:
    assert KEEPALIVED.parent.parent.joinpath("logrotate.d/keepalived").exists()
    assert "local1.*" in KEEPALIVED.read_text()
