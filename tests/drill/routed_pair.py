"""A policy-routing pair without a cloud: three networks as bridges, a router to the outside for each, a client there.

Each router is strict: a packet from another network's address is dropped, as a cloud's port security does. So whoever
is answered was answered by the right gateway. Before anything of ours runs the directors' main tables have three
default routes of one metric, as DHCP leaves them. Networks may have IPv6 too; of that there is no default route until
a router announces itself.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from secrets import token_hex

from tests.daemons.goldens import GOLDENS, on_guest
from tests.daemons.tools import Tools
from tests.waiting import until

CHECKOUT = Path(__file__).parents[2]
SCRIPT = CHECKOUT / "cloud-init/policy-routing/usr/local/lib/vipstack/routing.py"
CASE = GOLDENS / "policy-routing"

DIRECTORS = {"director-1": 36, "director-2": 37}
NETWORKS = {"front": "172.3.15", "back": "172.3.50", "ops": "172.3.60"}
VIP = "172.3.15.38"
FAILOVER = 60  # seconds; three adverts of 1 s, and a machine that may be very busy
CLIENT, CLIENT6 = "192.0.2.10", "2001:db8:192::10"

_FOLLOWING = re.compile(r"^( *)(vrrp_)?track_process .*?^\1}\n", re.DOTALL | re.MULTILINE)

# Says who answers, to whoever connects to any address.
_SERVER = """\
import socket, sys
server = socket.create_server(("::", 80), backlog=64, family=socket.AF_INET6, dualstack_ipv6=True)
while True:
    connection = server.accept()[0]
    connection.sendall(sys.argv[1].encode())
    connection.close()
"""
_ASK = """\
import socket, sys
try:
    print(socket.create_connection((sys.argv[1], 80), timeout=1).recv(99).decode())
except OSError:
    print("lost")
"""

# What the guests' agent misses of what is expected below a folder.
_UNMET = """\
import sys
from pathlib import Path
from guestconfig.agent import expectations, guest
print(expectations.unmet(guest.Guest(Path(sys.argv[1])))[0])
"""

# What a router lets through: packets of its own network's addresses.
_STRICT = """\
table inet strict {{
    chain forward {{
        type filter hook forward priority filter;
        iifname "n-{network}" meta nfproto ipv6 ip6 saddr != {prefix}::/64 drop
    }}
}}
"""
# A router says that it is one, and for how long, without a prefix of which hosts would make addresses (RFC 4861, 4.2).
_ANNOUNCE = """\
import socket, struct, sys
with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as router:
    router.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
    said = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0)
    router.sendto(said, ("ff02::1", 0, 0, socket.if_nametoindex(sys.argv[1])))
"""


@dataclass
class RoutedPair:
    """The namespaces and daemons; ``close`` removes them. ``six`` are the networks that have IPv6, with its prefix."""

    tools: Tools
    folder: Path
    case: Path = CASE
    six: Mapping[str, str] = field(default_factory=dict[str, str])
    prefix: str = field(default_factory=lambda: f"vr{token_hex(2)}")
    names: list[str] = field(default_factory=list[str])
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, "subprocess.Popen[bytes]"])

    def build(self) -> None:
        """Cables, addresses, routers and servers; nothing of ours yet."""
        self._namespace("switch")
        for bridge in (*NETWORKS, "outside"):
            self.ip("switch", f"link add {bridge} type bridge forward_delay 0")
            self.ip("switch", f"link set {bridge} up")
        self._namespace("client")
        self._plug("client", "outside", f"{CLIENT}/24")
        for number, (network, prefix) in enumerate(NETWORKS.items()):
            router = f"r-{network}"
            self._namespace(router)
            self._plug(router, "outside", f"192.0.2.{200 + number}/24")
            self._plug(router, network, f"{prefix}.1/24")
            for setting in ("ip_forward=1", "conf.all.rp_filter=1", f"conf.n-{network}.rp_filter=1"):
                self.run(router, "sysctl", "-qw", f"net.ipv4.{setting}")
            self.ip("client", f"route add {prefix}.0/24 via 192.0.2.{200 + number}")
        self._build_routers_of_ipv6()
        for director, octet in DIRECTORS.items():
            self._namespace(director)
            settings = self._written(director, "etc/sysctl.d/90-vipstack.conf")
            for network, prefix in NETWORKS.items():
                self._plug(director, network, f"{prefix}.{octet}/24")
                self.ip(director, f"route append default via {prefix}.1 dev n-{network} proto dhcp metric 1024")
            for network, prefix in self.six.items():
                self.ip(director, f"address add {prefix}::{octet}/64 dev n-{network}")
            self.run(director, "sysctl", "-q", "--load", str(settings))
            self.start(f"server-{director}", director, sys.executable, "-c", _SERVER, director)

    def _build_routers_of_ipv6(self) -> None:
        if self.six:
            self.ip("client", f"address add {CLIENT6}/64 dev n-outside")
        for number, (network, prefix) in enumerate(self.six.items()):
            router, outside = f"r-{network}", f"2001:db8:192::{200 + number}"
            self.run(router, "sysctl", "-qw", "net.ipv6.conf.all.forwarding=1")
            for address, nic in ((outside, "outside"), (f"{prefix}::1", network), ("fe80::1", network)):
                self.ip(router, f"address add {address}/64 dev n-{nic}")
            self.ip("client", f"route add {prefix}::/64 via {outside}")
            rules = self.folder / f"{router}.nft"
            rules.write_text(_STRICT.format(network=network, prefix=prefix))
            self.run(router, "nft", "-f", str(rules))

    @contextmanager
    def built(self) -> Iterator["RoutedPair"]:
        """The pair with nothing of ours on its directors, for as long as the block lasts."""
        try:
            self.build()
            yield self
        finally:
            self.close()

    def start_all(self, has_rules: Callable[[str], bool], settled: Callable[[], bool]) -> None:
        """What is ours on each director, until each has its rules and the pair has settled."""
        for director in DIRECTORS:
            self.start_ours(director)
        for director in DIRECTORS:
            self.wait_for(f"{director}'s rules", FAILOVER, partial(has_rules, director))
        self.wait_for("a master", FAILOVER, settled)

    def announce(self, network: str) -> None:
        """Let a network's router say that it is one, so that hosts there take a default route."""
        self.run(f"r-{network}", sys.executable, "-c", _ANNOUNCE, f"n-{network}")

    def start_ours(self, director: str) -> None:
        """The script that keeps tables and rules, and keepalived, each with its golden."""
        routing = self._written(director, "etc/vipstack/routing.conf")
        self.start(f"routing-{director}", director, sys.executable, str(SCRIPT), str(routing))
        self.start_keepalived(director, self._written(director, "etc/keepalived/keepalived.conf"))

    def start_keepalived(self, director: str, configuration: Path) -> None:
        """The VRRP daemon alone."""
        pids = [f"--{kind}={self.folder / f'{director}-{kind}'}" for kind in ("pid", "vrrp_pid", "checkers_pid")]
        words = ["keepalived", "--dont-fork", "--log-console", f"--use-file={configuration}", *pids]
        self.start(f"keepalived-{director}", director, *words)

    def ask(self, address: str) -> str:
        """Which director answers the client, which is not on the directors' networks; ``lost`` where none does."""
        return self.run("client", sys.executable, "-c", _ASK, address).strip()

    def rules(self, director: str) -> str:
        """The director's rules."""
        return self.ip(director, "-4 rule show")

    def wait_for(self, what: str, deadline: float, look: Callable[[], bool]) -> None:
        """Wait until a look is true."""
        until(look, what, seconds=deadline, said=self.state)

    def unmet(self, director: str, *keys: str) -> str:
        """What the guests' agent misses there of these expectations, as Python prints a list."""
        root = self.folder / "expected" / director
        ours = root / "etc/vipstack"
        ours.mkdir(parents=True)
        wanted = json.loads(self._golden(director, "etc/vipstack/expect.json").read_text())
        (ours / "expect.json").write_text(json.dumps({key: wanted[key] for key in keys}))
        (ours / "routing.conf").write_text((self.folder / f"{director}-routing.conf").read_text())
        return self.run(director, "python3", "-c", _UNMET, str(root)).strip()

    def state(self) -> str:
        """What an engineer would look at first."""
        kinds = ("rule show", "-o address show", "route show table all")
        looks = [f"-{family} {kind}" for family in ((4, 6) if self.six else (4,)) for kind in kinds]
        seen = [f"--- {name}: {look}\n{self.ip(name, look)}" for name in DIRECTORS for look in looks]
        logs = [f"--- {log.name}\n{log.read_text()[-1500:]}" for log in sorted(self.folder.glob("*.log"))]
        return "\n".join([*seen, *logs])

    def run(self, namespace: str, *words: str) -> str:
        """A command's output there; it must succeed."""
        command = ["ip", "netns", "exec", f"{self.prefix}-{namespace}", *words]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode == 0, f"{' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def ip(self, namespace: str, words: str) -> str:
        """``ip`` there."""
        return self.run(namespace, "ip", *words.split())

    def start(self, key: str, namespace: str, *words: str) -> None:
        """A process there, its output in a log of that name."""
        log = (self.folder / f"{key}.log").open("ab")
        command = ["ip", "netns", "exec", f"{self.prefix}-{namespace}", *words]
        self.processes[key] = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)

    def stop(self, key: str, *, at_once: bool = False) -> None:
        """End a process; at once: without a chance to tidy up."""
        process = self.processes.pop(key)
        process.kill() if at_once else process.terminate()
        process.wait(10)

    def close(self) -> None:
        """End every process and namespace."""
        for key in list(self.processes):
            self.stop(key)
        for name in self.names:
            subprocess.run(["ip", "netns", "delete", f"{self.prefix}-{name}"], check=False)

    @property
    def _environment(self) -> dict[str, str]:
        return {**self.tools.environment, "PYTHONPATH": str(CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1"}

    def _namespace(self, name: str) -> None:
        subprocess.run(["ip", "netns", "add", f"{self.prefix}-{name}"], check=True)
        self.names.append(name)
        self.ip(name, "link set lo up")
        if self.six:
            # Addresses are usable at once.
            self.run(name, "sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0")

    def _plug(self, name: str, network: str, address: str) -> None:
        cable = f"{name[-7:]}.{network}"
        self.ip("switch", f"link add {cable} type veth peer name n-{network} netns {self.prefix}-{name}")
        self.ip("switch", f"link set {cable} master {network} up")
        self.ip(name, f"address add {address} dev n-{network}")
        self.ip(name, f"link set n-{network} up")

    def _golden(self, director: str, path: str) -> Path:
        return self.case / f"{self.case.name}-{director}" / path

    def _written(self, director: str, path: str) -> Path:
        file = self.folder / f"{director}-{Path(path).name}"
        if not file.exists():
            # Who serves here is no HAProxy, so nobody follows one.
            text = _FOLLOWING.sub("", self._golden(director, path).read_text())
            file.write_text(on_guest(text))
            file.chmod(0o600)
        return file
