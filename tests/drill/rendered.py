"""The directors of a stack file without a cloud: a namespace each, a bridge for each network, their rendered files.

Owns the namespaces it makes and nothing else; ``close`` removes them. What runs there is what a guest would get:
keepalived with its rendered configuration, after the guest's own start script and kernel settings. A cut takes a port
off its bridge and leaves the link up, as a cloud does; ``link_down`` takes the link.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from ipaddress import IPv4Interface, IPv6Interface
from pathlib import Path
from secrets import token_hex

from tests.daemons.tools import KEEPALIVED_FOLDER
from tests.drill import probing

from components.config.stack_secrets import NO_SECRETS, Secrets
from components.plan.hosts import address_key
from components.plan.stack import StackPlan, assumed_addresses
from components.rendering.guest_files import guest_files

ROOT = Path(__file__).parents[2]
PORT = 80

_LISTENER = f"""
import socket
listener = socket.create_server(("::", {PORT}), family=socket.AF_INET6, dualstack_ipv6=True)
while True: listener.accept()[0].close()
"""
# keepalived's folder is this namespace's own; what the start script writes there is gone with it.
_START = (
    f"{KEEPALIVED_FOLDER}sh {ROOT}/cloud-init/director/usr/local/lib/vipstack/keepalived-version; "
    'exec keepalived --dont-fork --log-console --use-file "$1/keepalived.conf" --pid "$1/pid" --vrrp_pid "$1/vrrp.pid"'
)


class Rendered:
    """The directors, and a client on the first network (namespace ``client``, the first address of it)."""

    def __init__(
        self, folder: Path, plan: StackPlan, edit: Callable[[str], str] = str, secrets: Secrets = NO_SECRETS
    ) -> None:
        """Start them; ``edit`` changes keepalived's configuration, for controls."""
        self.plan, self.folder, self.edit, self.secrets = plan, folder, edit, secrets
        self.directors = plan.instances[0].directors
        self.nics = {network.key: f"eth{number}" for number, network in enumerate(plan.networks)}
        self.prefix = f"viprender-{token_hex(3)}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        try:
            self._start()
        except BaseException:
            # What fails half-way leaves nothing behind on the machine.
            self.close()
            raise

    def _start(self) -> None:
        plan = self.plan
        for name in ("switch", "client", *self.directors):
            subprocess.run(["ip", "netns", "add", self._in(name)], check=True)
            self.ip(name, "link set lo up")
        for network in plan.networks:
            self.ip("switch", f"link add {network.key} type bridge forward_delay 0")
            self.ip("switch", f"link set {network.key} up")
        first = plan.networks[0]
        self._plug("client", first.key, IPv4Interface(f"{first.cidr[1]}/{first.cidr.prefixlen}"))
        if first.ipv6:
            self._address("client", first.key, IPv6Interface(f"{first.ipv6.gateway}/{first.ipv6.cidr.prefixlen}"))
        for director in self.directors:
            self._start_director(director)

    def _start_director(self, director: str) -> None:
        addresses = assumed_addresses(self.plan)
        host = next(host for host in self.plan.hosts if host.key == director)
        for port in host.ports:
            prefix = self.plan.network(port.network).cidr.prefixlen
            self._plug(director, port.network, IPv4Interface(f"{addresses[port.key]}/{prefix}"))
            if port.ipv6:
                own = addresses[address_key(port.key, 6)]
                self._address(director, port.network, IPv6Interface(f"{own}/64"))
        home = self.folder / director
        home.mkdir()
        for path, text in guest_files(self.plan, host, addresses, self.secrets).items():
            named = re.sub(r"@nic:([a-z0-9-]+)@", lambda word: self.nics[word[1]], text)
            (home / Path(path).name).write_text(self.edit(named) if path.endswith("keepalived.conf") else named)
        settings = home / "90-vipstack.conf"
        # IPVS is a module, which no namespace has of its own.
        settings.write_text(re.sub(r"(?m)^net\.ipv4\.vs\..*\n", "", settings.read_text()))
        self.run(director, ["sysctl", "-q", "-p", str(settings)])
        self.start(f"listener-{director}", director, [sys.executable, "-c", _LISTENER])
        self.start_keepalived(director)

    def start_keepalived(self, director: str) -> None:
        """Start a director's keepalived; one that ran before has ended."""
        if director in self.processes:
            self.processes[director].wait(10)
        self.start(director, director, ["sh", "-ec", _START, "sh", str(self.folder / director)])

    def holders(self, address: str) -> list[str]:
        """The directors that have an address."""
        shown = {name: self.ip(name, "-json address show") for name in self.directors}
        return [name for name, text in shown.items() if f'"{address}"' in text]

    def own_addresses(self, director: str) -> list[str]:
        """A director's addresses on its first NIC, of both families."""
        (nic,) = json.loads(self.ip(director, "-json address show dev eth0"))
        return [address["local"] for address in nic["addr_info"]]

    def entries(self, director: str, peer: str) -> dict[str, list[str]]:
        """A director's neighbour entries for a peer: their states, by address."""
        shown = json.loads(self.ip(director, "-json neighbour show dev eth0"))
        own = self.own_addresses(peer)
        return {entry["dst"]: entry["state"] for entry in shown if entry["dst"] in own}

    def unanswered(self, director: str, peer: str) -> list[str]:
        """The addresses of a peer that a director's kernel asks for, in vain so far."""
        return [address for address, state in self.entries(director, peer).items() if state == ["INCOMPLETE"]]

    def wait_for_one_master(self, *addresses: str, deadline: float = 60) -> str:
        """The one holder of all the addresses, once there is exactly one for a whole second."""
        end, since, last = time.monotonic() + deadline, time.monotonic(), None
        while True:
            seen = [self.holders(address) for address in addresses]
            agreed = seen[0] if all(holders == seen[0] for holders in seen) and len(seen[0]) == 1 else None
            if agreed is None or agreed != last:
                last, since = agreed, time.monotonic()
            elif time.monotonic() - since > 1:
                return agreed[0]
            assert time.monotonic() < end, f"after {deadline} s {addresses} are held by {seen}"
            time.sleep(0.1)

    def cut(self, director: str, *networks: str) -> None:
        """Take a director off networks without a word."""
        # In one go, for a busy machine takes its time between two commands.
        lines = "".join(f"link set {director}-{network[:3]} nomaster\n" for network in networks)
        subprocess.run(["ip", "-netns", self._in("switch"), "-batch", "-"], input=lines, text=True, check=True)

    def mend(self, director: str, *networks: str) -> None:
        """Put it back."""
        for network in networks:
            self.ip("switch", f"link set {director}-{network[:3]} master {network} up")

    def link_down(self, director: str, network: str) -> None:
        """Pull a director's cable, so that it knows; ``mend`` puts it back."""
        self.ip("switch", f"link set {director}-{network[:3]} down")

    def freeze(self, director: str, *, frozen: bool) -> None:
        """Stop every process of a director's keepalived, or let it go on."""
        parent = self.processes[director].pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for process in (parent, *map(int, children)):
            os.kill(process, signal.SIGSTOP if frozen else signal.SIGCONT)

    def probe(self, seconds: float, *targets: str) -> "subprocess.Popen[bytes]":
        """Start the observer's own probe on the client; its standard output is the record."""
        return self.start("probe", "client", probing.command(seconds, targets), output=subprocess.PIPE)

    def start(self, key: str, name: str, words: list[str], output: int | None = None) -> "subprocess.Popen[bytes]":
        """Start a program in a namespace; what it says goes to a file unless its output is wanted."""
        log = (self.folder / f"{key}.log").open("ab")
        command = ["ip", "netns", "exec", self._in(name), *words]
        self.processes[key] = subprocess.Popen(command, stdout=output or log, stderr=log)
        return self.processes[key]

    def run(self, name: str, words: list[str]) -> str:
        """Run a program in a namespace to its end."""
        command = ["ip", "netns", "exec", self._in(name), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def ip(self, name: str, words: str) -> str:
        """Run ip in a namespace."""
        command = ["ip", "-netns", self._in(name), *words.split()]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def close(self) -> None:
        """End every process and namespace."""
        for director in self.directors:
            # A test that failed may have left it frozen, and what is frozen ends nobody, itself included.
            if director in self.processes and self.processes[director].poll() is None:
                self.freeze(director, frozen=False)
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
        for name in ("client", "switch", *self.directors):
            subprocess.run(["ip", "netns", "delete", self._in(name)], check=False)

    def _in(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def _plug(self, name: str, network: str, address: IPv4Interface) -> None:
        nic, port = self.nics[network], f"{name}-{network[:3]}"
        self.ip("switch", f"link add {port} type veth peer name {nic} netns {self._in(name)}")
        self.ip("switch", f"link set {port} master {network} up")
        self._address(name, network, address)
        self.ip(name, f"link set {nic} up")

    def _address(self, name: str, network: str, address: IPv4Interface | IPv6Interface) -> None:
        # As cloud-init gives it, but usable at once.
        usable = " nodad" if address.version == 6 else ""
        self.ip(name, f"address add {address} dev {self.nics[network]}{usable}")
