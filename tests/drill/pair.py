"""A keepalived pair without a cloud: four network namespaces, one bridge, a virtual IP, a listener in each director.

Owns the namespaces it makes and nothing else; ``close`` removes them. A crash is a silent cut of the master's cable,
which looks from outside like a guest killed without a goodbye; a clean stop is keepalived's own SIGTERM.
"""

import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.drill import probing

VIP = "198.51.100.10"
PORT = 80
DIRECTORS = {"director-1": ("198.51.100.11", 250), "director-2": ("198.51.100.12", 249)}

_KEEPALIVED = """\
global_defs {{
    router_id {name}
    vrrp_version 3
    vrrp_garp_master_refresh 0
}}
vrrp_instance VI_1 {{
    state BACKUP
    nopreempt
    interface eth0
    virtual_router_id 51
    priority {priority}
    advert_int {interval}
    unicast_src_ip {own}
    unicast_peer {{
        {peer}
    }}
    virtual_ipaddress {{
        {vip}/24
    }}
}}
"""

_LISTENER = f"""\
import socket
listener = socket.create_server(("0.0.0.0", {PORT}), backlog=1024)
while True:
    listener.accept()[0].close()
"""


class Pair:
    """The pair, its observer (namespace ``client``), and what a drill does to it."""

    def __init__(self, folder: Path, interval: float) -> None:
        self.folder, self.interval = folder, interval
        self.prefix = f"vipdrill-{secrets.token_hex(3)}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._namespace("switch")
        self._ip("switch", "link add br0 type bridge forward_delay 0")
        self._ip("switch", "link set br0 up")
        self._plug("client", "198.51.100.1/24")
        for name, (address, _) in DIRECTORS.items():
            self._plug(name, f"{address}/24")
            self._start(f"listener-{name}", name, [sys.executable, "-c", _LISTENER])
            self.start(name)

    def start(self, name: str) -> None:
        """Start a director's keepalived."""
        own, priority = DIRECTORS[name]
        peer = next(address for other, (address, _) in DIRECTORS.items() if other != name)
        file = self.folder / f"{name}.conf"
        file.write_text(
            _KEEPALIVED.format(name=name, priority=priority, interval=self.interval, own=own, peer=peer, vip=VIP)
        )
        for left in ("", "-vrrp"):
            (self.folder / f"{name}{left}.pid").unlink(missing_ok=True)
        words = ["keepalived", "--dont-fork", "--log-console", "-f", str(file)]
        words += ["-p", str(self.folder / f"{name}.pid"), "-r", str(self.folder / f"{name}-vrrp.pid")]
        self._start(name, name, words)

    def stop(self, name: str) -> None:
        """Stop a director's keepalived as a shutdown does."""
        self.processes[name].terminate()
        self.processes[name].wait(10)

    def kill(self, name: str, pause: float) -> None:
        """Kill every process of a director's keepalived at once; after a pause it is started again, as systemd does."""
        parent = self.processes[name].pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for process in (parent, *map(int, children)):
            os.kill(process, signal.SIGKILL)
        self.processes[name].wait(10)
        time.sleep(pause)
        self.start(name)

    def cut(self, name: str) -> None:
        """Take a director off the network without a word."""
        self._ip("switch", f"link set {name} down")

    def plug(self, name: str) -> None:
        """Put it back."""
        self._ip("switch", f"link set {name} up")

    def holders(self) -> list[str]:
        """The directors that have the virtual IP."""
        shown = {name: self._ip(name, "-json -4 address show dev eth0") for name in DIRECTORS}
        return [name for name, text in shown.items() if VIP in text]

    def wait_for_one_master(self, deadline: float = 60) -> str:
        """The one holder of the virtual IP, once there is exactly one."""
        end = time.monotonic() + deadline
        while len(holders := self.holders()) != 1:
            assert time.monotonic() < end, f"after {deadline} s the virtual IP is held by {holders}"
            time.sleep(0.1)
        return holders[0]

    def probe(self, seconds: float, targets: tuple[str, ...] = (f"{VIP}:{PORT}", VIP)) -> "subprocess.Popen[bytes]":
        """Start the observer's own probe; its standard output is the record."""
        words = ["ip", "netns", "exec", f"{self.prefix}-client", *probing.command(seconds, targets)]
        return subprocess.Popen(words, stdout=subprocess.PIPE)

    def capture(self, words: list[str]) -> "subprocess.Popen[bytes]":
        """Start a capture on the bridge that joins the directors."""
        return subprocess.Popen(["ip", "netns", "exec", f"{self.prefix}-switch", *words], stdout=subprocess.PIPE)

    def close(self) -> None:
        """End every process and namespace of the pair."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
        for name in ("client", "switch", *DIRECTORS):
            subprocess.run(["ip", "netns", "delete", f"{self.prefix}-{name}"], check=False)

    def _namespace(self, name: str) -> None:
        subprocess.run(["ip", "netns", "add", f"{self.prefix}-{name}"], check=True)
        self._ip(name, "link set lo up")

    def _plug(self, name: str, address: str) -> None:
        self._namespace(name)
        self._ip("switch", f"link add {name} type veth peer name eth0 netns {self.prefix}-{name}")
        self._ip("switch", f"link set {name} master br0 up")
        self._ip(name, f"address add {address} dev eth0")
        self._ip(name, "link set eth0 up")

    def _start(self, key: str, namespace: str, words: list[str]) -> None:
        log = (self.folder / f"{key}.log").open("ab")
        self.processes[key] = subprocess.Popen(
            ["ip", "netns", "exec", f"{self.prefix}-{namespace}", *words], stdout=log, stderr=log
        )

    def _ip(self, namespace: str, words: str) -> str:
        command = ["ip", "-netns", f"{self.prefix}-{namespace}", *words.split()]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout
