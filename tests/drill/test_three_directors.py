"""Three directors of VRRPv2 with a password, a label and mail, in network namespaces.

What it decides: that one of three is master and one of the other two follows it, that a director with another password
hears nobody, that the label is on the virtual IP, and that a change is told by mail. Price: half a minute, and root.
"""

import json
import os
import signal
import sys
import time

import pytest
from tests.drill.rendered import ROOT, Rendered
from tests.waiting import until

from components.config.load import load_file
from components.config.stack_secrets import secrets_of
from components.plan.stack import plan_stack

STACK = ROOT / "tests/golden/stacks/Pulumi.notification.yaml"
VIP, LABEL, RELAY = "203.0.113.2", "eth0:10", "203.0.113.1"

# A mail relay that takes everything and writes it to its standard output.
_RELAY = """
import socketserver, sys
class Relay(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda words: self.wfile.write(words + b"\\r\\n")
        say(b"220 relay")
        for line in self.rfile:
            print(line.decode().rstrip(), flush=True)
            verb = line.split(maxsplit=1)[0].upper() if line.strip() else b""
            if verb == b"DATA":
                say(b"354 go on")
                for text in iter(self.rfile.readline, b".\\r\\n"):
                    print(text.decode().rstrip(), flush=True)
            say(b"221 bye" if verb == b"QUIT" else b"250 ok")
            if verb == b"QUIT":
                return
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True
Server(("", 25), Relay).serve_forever()
"""

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="network namespaces are made by root"),
    pytest.mark.timeout(120),
]


@pytest.fixture(scope="module")
def three(tmp_path_factory):
    """They are up, and so is the relay, at the client's address."""
    config = load_file(STACK)
    mail = config.vrrp.notification.model_copy(update={"smtp_server": RELAY})
    config = config.model_copy(
        update={
            "directors": config.directors.model_copy(update={"names": ("left", "middle", "right")}),
            "vrrp": config.vrrp.model_copy(update={"notification": mail}),
        }
    )
    made = Rendered(tmp_path_factory.mktemp("three"), plan_stack("s", config), secrets=secrets_of(config))
    try:
        made.start("relay", "client", [sys.executable, "-c", _RELAY])
        yield made
    finally:
        made.close()


def test_one_of_three_is_master_and_its_address_has_the_label(three):
    master = three.wait_for_one_master(VIP)

    [link] = json.loads(three.ip(master, "-json -4 address show dev eth0"))
    labels = {address["local"]: address["label"] for address in link["addr_info"]}
    assert labels[VIP] == LABEL


def test_one_of_the_other_two_follows_and_says_so_by_mail(three):
    before = three.wait_for_one_master(VIP)
    three.cut(before, "web")
    others = set(three.directors) - {before}
    until(lambda: others & set(three.holders(VIP)), "one of the others has the virtual IP", seconds=10)
    time.sleep(2)
    assert len(others & set(three.holders(VIP))) == 1, "two that hear each other are never both"
    three.mend(before, "web")
    three.wait_for_one_master(VIP)

    mails = (three.folder / "relay.log").read_text
    until(lambda: "MASTER" in mails(), "a director tells that it is master", seconds=10, said=mails)
    assert "MAIL FROM:<keepalived@your-host.your-domain.example>" in mails()
    assert "RCPT TO:<you@your-domain.example>" in mails()


def test_who_has_another_password_hears_nobody(three):
    master = three.wait_for_one_master(VIP)
    stranger = next(name for name in three.directors if name != master)
    file = three.folder / stranger / "keepalived.conf"
    right = file.read_text()
    assert 'auth_pass "1111"' in right
    try:
        _reload(three, stranger, right.replace('auth_pass "1111"', 'auth_pass "2222"'))
        until(lambda: stranger in three.holders(VIP), "it believes that it is alone", seconds=15)
        assert master in three.holders(VIP), "and nobody believes it"
    finally:
        _reload(three, stranger, right)
    three.wait_for_one_master(VIP)


def _reload(three, director, text):
    (three.folder / director / "keepalived.conf").write_text(text)
    three.processes[director].send_signal(signal.SIGHUP)
