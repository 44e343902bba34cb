"""HAProxy and keepalived with the rendered files of ``stacks/Pulumi.haproxy.yaml``, in network namespaces.

What it decides: that requests are spread and told whose they are, that a reload under load loses none, that stick
tables travel between the directors, and that a keepalived gives its virtual IP away when HAProxy ends. What it cannot:
guests, systemd, logs, a cloud's switches (tests/lab). Price: a minute, and root.
"""

import re
import shutil
import subprocess
import sys
import time
from collections import Counter

import pytest
from tests.drill.balanced import Balanced
from tests.drill.rendered import ROOT
from tests.waiting import until

from components.config.haproxy.backends import HttpServerCheck, SendProxy
from components.config.haproxy.frontends import BindConfig
from components.config.load import load_file
from components.config.real_servers import WebServer
from components.config.stack_secrets import NO_SECRETS, Secrets
from components.plan.stack import plan_stack

VIP, STICKY, CLIENT = "203.0.113.2", 8080, "203.0.113.1"
BOTH = {"web-1", "web-2"}

# Speaks TLS, and over it a request if HTTP/1.1 was agreed upon; believes the issuer in a file, or those of the system.
GREETING = """
import socket, ssl, sys
target, protocol, *believed = sys.argv[1:]
context = ssl.create_default_context(cafile=believed[0] if believed else None)
context.set_alpn_protocols([protocol])
try:
    with context.wrap_socket(socket.create_connection((target, 443), 5), server_hostname="shop.example") as tls:
        if tls.selected_alpn_protocol() == "http/1.1":
            tls.sendall(b"GET / HTTP/1.0\\r\\nHost: shop.example\\r\\n\\r\\n")
            print(b"".join(iter(lambda: tls.recv(4096), b"")).decode().splitlines()[-1])
        else:
            print(tls.selected_alpn_protocol())
except ssl.SSLCertVerificationError as error:
    print(error.reason)
"""

pytestmark = pytest.mark.timeout(300)


def planned(frontend=None, backend=None, **changes):
    """The shipped stack, with changes to its first frontend and backend, and to the load balancer."""
    config = load_file(ROOT / "stacks/Pulumi.haproxy.yaml")
    haproxy = config.haproxy
    frontends = haproxy.frontends | {"http": haproxy.frontends["http"].model_copy(update=frontend or {})}
    backends = haproxy.backends | {"web": haproxy.backends["web"].model_copy(update=backend or {})}
    haproxy = haproxy.model_copy(update={"frontends": frontends, "backends": backends, **changes})
    servers = config.real_servers.model_copy(update={"web_server": WebServer.NONE})
    return plan_stack("haproxy", config.model_copy(update={"haproxy": haproxy, "real_servers": servers}))


@pytest.fixture(scope="module")
def brought_up(tmp_path_factory):
    """Makes pairs that are gone at the module's end."""
    made: list[Balanced] = []

    def bring_up(plan, secrets=NO_SECRETS):
        made.append(Balanced(tmp_path_factory.mktemp("balanced"), plan, secrets))
        made[-1].wait_for_one_master(VIP)
        return made[-1]

    yield bring_up
    for pair in made:
        pair.close()


@pytest.fixture(scope="module")
def pair(brought_up):
    return brought_up(planned())


def test_requests_are_spread_and_say_whose_they_are(pair):
    answers = [answer.split() for answer in pair.ask(VIP, seconds=1)]
    assert {answer[0] for answer in answers} == BOTH, "least connections, of which both have none"
    assert {answer[1] for answer in answers} == {CLIENT}, "the servers see the director's, and are told this one"


def test_a_backup_listens_on_an_address_that_it_does_not_have(pair, tmp_path):
    [backup] = set(pair.directors) - {pair.wait_for_one_master(VIP)}
    assert f"{VIP}:80 " in pair.run(backup, ["ss", "-Hltn"])
    pair.run(backup, ["sysctl", "-q", "-w", "net.ipv4.ip_nonlocal_bind=0"])
    try:
        running = (pair.folder / backup / "haproxy.cfg").read_text()
        trial = tmp_path / "haproxy.cfg"
        trial.write_text(re.sub(r"    stats socket .*\n", "", running))
        words = ["ip", "netns", "exec", f"{pair.prefix}-{backup}", "haproxy", "-f", str(trial)]
        tried = subprocess.run(words, check=False, capture_output=True, text=True, timeout=20)
        assert "cannot bind socket (Cannot assign requested address)" in tried.stderr, "the setting has its reason"
    finally:
        pair.run(backup, ["sysctl", "-q", "-w", "net.ipv4.ip_nonlocal_bind=1"])


def test_a_reload_under_load_loses_no_connection(pair):
    master = pair.wait_for_one_master(VIP)
    asking = pair.asking(VIP, 4)
    for _ in range(3):
        time.sleep(1)
        pair.reload_haproxy(master)
    heard = Counter(line.split()[0] for line in asking.communicate(timeout=20)[0].decode().splitlines())
    assert set(heard) == BOTH, f"the new process takes the old one's listeners over: {heard}"
    assert heard.total() > 100, "few connections prove little"


def test_a_restart_under_load_loses_connections(pair):
    master = pair.wait_for_one_master(VIP)
    asking = pair.asking(VIP, 3)
    time.sleep(1)
    pair.stop_haproxy(master)
    pair.start_haproxy(master)
    heard = asking.communicate(timeout=20)[0].decode()
    assert "lost" in heard, "the test above would see a lost connection"
    pair.until_served(master)


def test_a_client_keeps_its_server_through_a_failover(pair):
    before = pair.wait_for_one_master(VIP)
    [server] = {answer.split()[0] for answer in pair.ask(VIP, STICKY, seconds=0.5)}
    [backup] = set(pair.directors) - {before}
    assert f"key={CLIENT} " in pair.tell(backup, "show table sessions"), "the directors tell each other"
    pair.processes[before].terminate()
    assert pair.wait_for_one_master(VIP) == backup
    assert {answer.split()[0] for answer in pair.ask(VIP, STICKY, seconds=0.5)} == {server}
    pair.start_keepalived(before)


# Seconds: lb-1, which has the higher priority, is the master at once when it comes back from a silent cut, and says 503
# until its checks have found the web servers again.
FOUND_AGAIN = 1.6


def found_again(pair) -> float:
    """Seconds from the return of lb-1, which was cut off as the master, until its HAProxy has both web servers."""
    if pair.wait_for_one_master(VIP) != "lb-1":
        pair.cut("lb-2", "web")
        until(lambda: "lb-1" in pair.holders(VIP), "lb-1 has the virtual IP", seconds=15)
        pair.mend("lb-2", "web")
        assert pair.wait_for_one_master(VIP) == "lb-1"
    pair.cut("lb-1", "web")
    until(lambda: pair.healthy("lb-1") == {False}, "lb-1 has taken the web servers out", seconds=60)
    pair.mend("lb-1", "web")
    plugged = time.monotonic()
    pair.until_served("lb-1")
    took = time.monotonic() - plugged
    assert pair.wait_for_one_master(VIP) == "lb-1", "or nobody would ask it"
    assert "lost" not in pair.ask(VIP)
    return took


def test_a_director_that_comes_back_finds_its_servers_at_once(pair):
    assert found_again(pair) < FOUND_AGAIN


def test_at_the_ordinary_interval_it_would_find_them_late(brought_up):
    check = HttpServerCheck(type="http", fast_interval=2)
    assert found_again(brought_up(planned(backend={"check": check}))) > FOUND_AGAIN, "the test above would see it"


def test_without_peers_the_other_director_knows_no_client(brought_up):
    alone = brought_up(planned(peers=None))
    master = alone.wait_for_one_master(VIP)
    [backup] = set(alone.directors) - {master}
    alone.ask(VIP, STICKY)
    assert f"key={CLIENT} " in alone.tell(master, "show table sessions")
    assert CLIENT not in alone.tell(backup, "show table sessions"), "what travels above travels by the peers"


@pytest.mark.parametrize("version", [SendProxy.V1, SendProxy.V2])
def test_the_proxy_protocol_says_who_the_client_is(brought_up, version):
    trusted = planned({"proxy_protocol_from": (f"{CLIENT}/32",)}, {"send_proxy": version})
    pair = brought_up(trusted)
    greeting = f"PROXY TCP4 198.51.100.77 {VIP} 4000 80\\r\\n"
    [answer] = pair.ask(VIP, greeting=greeting)
    assert answer.split()[1:3] == ["198.51.100.77", f"{version}/198.51.100.77"], "believed, and passed on"
    assert pair.ask(VIP) == ["lost"], "who may speak it must, or a client could claim to be another"
    pair.close()


def test_tls_ends_at_the_director_with_the_certificate_of_the_stack_file(brought_up, tmp_path):
    pem = certificate(tmp_path)
    binds = (BindConfig(virtual_ip="www", port=443, certificates=("shop",)),)
    pair = brought_up(planned({"bind": binds}), Secrets(certificates={"shop": pem.read_text()}))

    def told(*words: str) -> list[str]:
        return pair.run("client", [sys.executable, "-c", GREETING, VIP, *words]).split()

    server, client, *_ = told("http/1.1", str(pem))
    assert server in BOTH
    assert client == CLIENT, "the servers are told who it is"
    assert told("h2", str(pem)) == ["h2"]
    assert told("http/1.1") == ["CERTIFICATE_VERIFY_FAILED"], "who does not know its issuer believes nothing"
    pair.close()


def certificate(folder):
    """A new one of shop.example that is its own issuer: certificate and key in one file."""
    pem, key = folder / "shop.pem", folder / "key.pem"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=shop.example"]
    words += ["-addext", "subjectAltName=DNS:shop.example", "-keyout", str(key), "-out", str(pem)]
    subprocess.run(words, check=True, capture_output=True)
    pem.write_text(pem.read_text() + key.read_text())
    return pem


def test_a_keepalived_gives_its_virtual_ip_away_when_haproxy_ends(tmp_path, pair):
    """In the first network namespace, on a cable that leads nowhere: only there the kernel tells of processes."""
    text = (ROOT / "tests/golden/goldens/haproxy/haproxy-lb-1/etc/keepalived/keepalived.conf").read_text()
    nic, name = f"vip{tmp_path.name[-4:]}", f"hap{pair.prefix[-6:]}"
    text = text.replace("@nic:web@", nic).replace("process haproxy\n", f"process {name}\n")
    text = text.replace("use_vmac vrrp.51\n", "").replace("vmac_xmit_base\n", "")
    (tmp_path / "keepalived.conf").write_text(text)
    # Under a name of its own: others may run HAProxy on this machine.
    program = tmp_path / name
    program.symlink_to(shutil.which("haproxy") or "")
    haproxy = ["ip", "netns", "exec", f"{pair.prefix}-client", str(program), "-W", "-f", str(tmp_path / "haproxy.cfg")]
    (tmp_path / "haproxy.cfg").write_text("defaults\n    timeout client 1s\nfrontend one\n    bind 127.0.0.1:1\n")
    files = [f"--{key}={tmp_path / key}" for key in ("pid", "vrrp_pid")]
    keepalived = ["keepalived", "--dont-fork", "--log-console", f"--use-file={tmp_path}/keepalived.conf", *files]
    ip = ["ip", "link"]
    subprocess.run([*ip, "add", nic, "type", "veth", "peer", "name", f"{nic}-"], check=True)
    running = []
    try:
        subprocess.run(["ip", "address", "add", "203.0.113.3/27", "dev", nic], check=True)
        for end in (nic, f"{nic}-"):
            subprocess.run([*ip, "set", end, "up"], check=True)
        running += [subprocess.Popen(haproxy), subprocess.Popen(keepalived)]
        until(lambda: holds(nic), "it has the virtual IP", seconds=15)
        subprocess.run(["pkill", "-KILL", "--exact", name], check=True)
        killed = time.monotonic()
        until(lambda: not holds(nic), "it has let the virtual IP go", seconds=5)
        assert time.monotonic() - killed < 1, "the goodbye leaves as the address goes"
        running.append(subprocess.Popen(haproxy))
        until(lambda: holds(nic), "it has the virtual IP again", seconds=15)
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(10)
        subprocess.run([*ip, "delete", nic], check=True)


def holds(nic: str) -> bool:
    shown = subprocess.run(["ip", "-4", "address", "show", "dev", nic], check=True, capture_output=True, text=True)
    return f" {VIP}/" in shown.stdout
