"""The load balancer's directors without a cloud: HAProxy and keepalived with their rendered files, two web servers.

Owns what ``rendered`` owns, and two namespaces more. keepalived does not follow HAProxy here: the kernel tells of
processes in the first network namespace only. ``test_haproxy.py`` follows one there.
"""

import csv
import re
import signal
import subprocess
import sys
from ipaddress import IPv4Interface, IPv6Interface
from pathlib import Path

from tests.drill.rendered import Rendered
from tests.waiting import until

from components.config.stack_secrets import NO_SECRETS, Secrets
from components.plan.stack import StackPlan
from guestconfig import paths

WEB_SERVERS = {"web-1": "203.0.113.4", "web-2": "203.0.113.5"}
# Where the stack's network has IPv6.
WEB_SERVERS6 = {"web-1": "2001:db8:51::4", "web-2": "2001:db8:51::5"}
WEB_PORT = 80
# As HAProxy's statistics have them.
_LISTENING = {f"{address}:{WEB_PORT}" for address in WEB_SERVERS.values()} | {
    f"[{address}]:{WEB_PORT}" for address in WEB_SERVERS6.values()
}

# Answers with its name, what X-Forwarded-For said, where the connection began with the PROXY protocol its version and
# the client's address in it, and who connected.
_WEB_SERVER = r"""
import re, socket, socketserver, sys
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
class Web(socketserver.StreamRequestHandler):
    def handle(self):
        first, proxy = self.rfile.peek(16)[:16], "-"
        if first.startswith(SIGNATURE):
            head = self.rfile.read(16)
            told = self.rfile.read(int.from_bytes(head[14:16], "big"))
            family, size = (socket.AF_INET6, 16) if head[13] >> 4 == 2 else (socket.AF_INET, 4)
            proxy = "v2/" + (socket.inet_ntop(family, told[:size]) if head[12] & 15 else "check")
        elif first.startswith(b"PROXY "):
            proxy = "v1/" + self.rfile.readline().split()[2].decode()
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            line = self.rfile.readline()
            if not line:
                return
            request += line
        told = re.search(rb"(?im)^x-forwarded-for: *(.*?)\r$", request)
        peer = self.client_address[0].removeprefix("::ffff:")
        body = f"{sys.argv[1]} {told[1].decode() if told else '-'} {proxy} {peer}\n".encode()
        self.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads, request_queue_size = True, True, 256
    address_family = socket.AF_INET6
Server(("::", int(sys.argv[2])), Web).serve_forever()
"""

# A connection for each request; "lost" where none was made, or no answer came.
_ASK = r"""
import socket, sys, time
target, port, seconds, greeting = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
greeting = greeting.encode().decode("unicode_escape").encode("latin-1")
end = time.monotonic() + seconds
while True:
    try:
        with socket.create_connection((target, port), timeout=3) as connection:
            connection.sendall(greeting + b"GET / HTTP/1.0\r\nHost: shop\r\n\r\n")
            answer = b""
            while more := connection.recv(4096):
                answer += more
        print(answer.decode().splitlines()[-1] if answer.startswith(b"HTTP/1.0 200") else "lost")
    except (OSError, IndexError):
        print("lost")
    if time.monotonic() >= end:
        break
"""

_FOLLOWED = re.compile(r"\n *(vrrp_)?track_process( haproxy)? \{[^}]*\}")


class Balanced(Rendered):
    """The pair with HAProxy, and the web servers behind it."""

    def __init__(self, folder: Path, plan: StackPlan, secrets: Secrets = NO_SECRETS) -> None:
        super().__init__(folder, plan, lambda text: _FOLLOWED.sub("", text), secrets)
        for name, address in WEB_SERVERS.items():
            subprocess.run(["ip", "netns", "add", self._in(name)], check=True)
            self.ip(name, "link set lo up")
            self._plug(name, "web", IPv4Interface(f"{address}/27"))
            if plan.network("web").ipv6:
                self._address(name, "web", IPv6Interface(f"{WEB_SERVERS6[name]}/64"))
            self.start(f"server-{name}", name, [sys.executable, "-c", _WEB_SERVER, name, str(WEB_PORT)])
        try:
            for director in self.directors:
                self.until_served(director)
        except BaseException:
            self.close()
            raise

    def start_keepalived(self, director: str) -> None:
        """HAProxy before it, the first time."""
        if f"haproxy-{director}" not in self.processes:
            self._prepare(director)
            self.start_haproxy(director)
        super().start_keepalived(director)

    def _prepare(self, director: str) -> None:
        # HAProxy is what listens here.
        listener = self.processes[f"listener-{director}"]
        listener.terminate()
        listener.wait(10)
        home = self.folder / director
        self.run(director, ["sysctl", "-q", "-p", str(home / "91-vipstack-load-balancer.conf")])
        file = home / "haproxy.cfg"
        text = file.read_text().replace("/run/haproxy/admin.sock", f"{home}/socket")
        text = text.replace(f"{paths.CERTIFICATES}/", f"{home}/")
        # The user and the chroot come with the package, which is not installed everywhere.
        file.write_text(re.sub(r"    (chroot|user|group) .*\n", "", text))

    def start_haproxy(self, director: str) -> None:
        """Start a director's HAProxy, master and worker."""
        words = ["haproxy", "-W", "-f", str(self.folder / director / "haproxy.cfg")]
        self.start(f"haproxy-{director}", director, words)

    def stop_haproxy(self, director: str) -> None:
        """End it, with all its connections."""
        process = self.processes[f"haproxy-{director}"]
        process.terminate()
        process.wait(10)

    def reload_haproxy(self, director: str) -> None:
        """As its unit does."""
        self.processes[f"haproxy-{director}"].send_signal(signal.SIGUSR2)

    def until_served(self, director: str, deadline: float = 20) -> None:
        """Wait until its HAProxy has found its web servers healthy, in each backend."""
        until(
            lambda: self.healthy(director) == {True},
            "all its web servers are up",
            seconds=deadline,
            said=(self.folder / f"haproxy-{director}.log").read_text,
        )

    def healthy(self, director: str) -> set[bool]:
        """Whether its HAProxy takes the web servers to be healthy: both where they differ, nothing without a HAProxy.

        Servers of a stack file that nobody runs here are not asked for.
        """
        rows = csv.DictReader(self.tell(director, "show stat").removeprefix("# ").splitlines())
        return {row["status"].startswith("UP") for row in rows if row["addr"] in _LISTENING}

    def tell(self, director: str, words: str) -> str:
        """What HAProxy answers on its socket; nothing while it is not there."""
        command = ["socat", "-t", "5", "stdio", f"unix-connect:{self.folder / director}/socket"]
        asked = subprocess.run(command, input=f"{words}\n", check=False, capture_output=True, text=True)
        return asked.stdout

    def ask(self, address: str, port: int = 80, seconds: float = 0, greeting: str = "") -> list[str]:
        """What a client hears, asking for so many seconds, once at least."""
        return self.run("client", self._ask(address, port, seconds, greeting)).splitlines()

    def asking(self, address: str, seconds: float) -> "subprocess.Popen[bytes]":
        """The same, begun; its standard output is the answers."""
        return self.start("asking", "client", self._ask(address, 80, seconds, ""), output=subprocess.PIPE)

    def close(self) -> None:
        """The web servers, too."""
        super().close()
        for name in WEB_SERVERS:
            subprocess.run(["ip", "netns", "delete", self._in(name)], check=False)

    @staticmethod
    def _ask(address: str, port: int, seconds: float, greeting: str) -> list[str]:
        return [sys.executable, "-c", _ASK, address, str(port), str(seconds), greeting]
