"""The gateway's directors in namespaces: their rendered ruleset, conntrackd and keepalived, a host inside, one outside.

Owns what it starts; ``close`` ends it. Every daemon has a folder of its own instead of /run and /etc, for all of them
are on one machine; nothing else in their files is changed. IPVS is left out: it needs a kernel module.
"""

import os
import subprocess
from ipaddress import IPv4Interface, IPv6Interface
from pathlib import Path

from tests.daemons.tools import PROTOCOLS, Tools
from tests.drill.rendered import ROOT, Rendered

from components.config.load import load_file
from components.plan.connection_sync import NOTIFY
from components.plan.stack import StackPlan, plan_stack

OUTSIDE, INSIDE = "192.0.2.10", "10.0.0.50"
OUTSIDE6, INSIDE6 = "2001:db8:9::10", "2001:db8:a::50"
VIRTUAL_IPS = ("192.168.122.140", "10.0.0.1")

# $1: the director's folder, $2: the notify script, which is put, in mounts of this process's own, where keepalived's
# configuration says it is, with this director's conntrackd.
_KEEPALIVED = f"""
mount -t tmpfs tmpfs /usr/local/lib; mkdir -p {Path(NOTIFY).parent}
( head -n 1 "$2"; cat "$1/environment"; sed "s#/etc/conntrackd#$1#" "$2" ) >{NOTIFY}
chmod 755 {NOTIFY}
exec keepalived --dont-fork --log-console --use-file "$1/keepalived.conf" --pid "$1/pid" --vrrp_pid "$1/vrrp.pid"
"""


def plan():
    """The shipped stack, less what needs IPVS."""
    config = load_file(ROOT / "stacks/Pulumi.lvs-gateway.yaml")
    return plan_stack("s", config.model_copy(update={"services": {}, "real_servers": None}))


class GatewayPair(Rendered):
    """Beside the directors: ``client`` is the outside network's gateway and has ``OUTSIDE``, ``inside`` is a host."""

    def __init__(self, folder: Path, tools: Tools, *, told: bool = True, made: StackPlan | None = None) -> None:
        """Start it; ``told`` False leaves conntrackd out, for the control; ``made`` is another plan."""
        self.tools, self.told = tools, told
        try:
            super().__init__(folder, made or plan())
            self._add_hosts()
        except BaseException:
            self.close()
            raise

    def _add_hosts(self) -> None:
        subprocess.run(["ip", "netns", "add", self._in("inside")], check=True)
        self.ip("inside", "link set lo up")
        self._plug("inside", "internal", IPv4Interface(f"{INSIDE}/24"))
        self.ip("inside", "route add default via 10.0.0.1")
        self.ip("client", f"address add {OUTSIDE}/32 dev lo")
        self.ip("client", f"route add 10.0.0.0/24 via {VIRTUAL_IPS[0]}")
        if any(network.ipv6 for network in self.plan.networks):
            self._add_ipv6()

    def _add_ipv6(self) -> None:
        """Addresses and the ways as the host inside, the outside and its router have them."""
        inside6, outside6 = (self.address_of(f"{end}6") for end in ("inside", "outside"))
        self._address("inside", "internal", IPv6Interface(f"{INSIDE6}/64"))
        self.ip("inside", f"-6 route add default via {inside6}")
        self.ip("client", f"-6 address add {OUTSIDE6}/128 dev lo")
        self.ip("client", f"-6 route add {self.plan.network('internal').ipv6.cidr} via {outside6}")

    def address_of(self, key: str) -> str:
        """A virtual IP's address."""
        return next(str(vip.address) for vip in self.plan.virtual_ips if vip.key == key)

    def start_keepalived(self, director: str) -> None:
        """Start what a director runs, in the order of its units; what runs already stays."""
        home = self.folder / director
        key = f"conntrackd-{director}"
        if key not in self.processes:
            self.ip(director, "route add default via 192.168.122.1")
            # A server's network data names a gateway for each of its subnets, whoever has that address.
            for network in self.plan.networks:
                if network.ipv6:
                    self.ip(
                        director, f"-6 route append default via {network.ipv6.gateway} dev {self.nics[network.key]}"
                    )
            self.tool(director, "sysctl", "-q", "-p", str(home / "91-vipstack-gateway.conf"))
            self.tool(director, "sysctl", "-q", "-p", str(home / "91-vipstack-connection-sync.conf"))
            self.tool(director, "nft", "-f", str(home / "nftables.conf"))
            self._tell(director, key, home)
        if director in self.processes:
            self.processes[director].wait(10)
        script = ROOT / f"cloud-init/connection-sync{NOTIFY}"
        self.start(director, director, ["sh", "-euc", _KEEPALIVED, "sh", str(home), str(script)])

    def _tell(self, director: str, key: str, home: Path) -> None:
        environment = self.tools.environment
        names = ("PATH", "LD_LIBRARY_PATH")
        (home / "environment").write_text("".join(f"export {name}='{environment[name]}'\n" for name in names))
        configuration = home / "conntrackd.conf"
        text = configuration.read_text().replace("/run/lock/", f"{home}/").replace("/run/", f"{home}/")
        configuration.write_text(text)
        if self.told:
            words = ["env", *(f"{name}={environment[name]}" for name in names)]
            words += ["sh", "-euc", f'{PROTOCOLS.format(root=self.tools.root)}exec "$@"', "sh"]
            self.start(key, director, [*words, self.tools.find("conntrackd"), "-C", str(configuration)])

    def silence(self, director: str, *, silent: bool) -> None:
        """Let nothing in or out, or everything again; the switches go on delivering to it, as to a guest that froze.

        keepalived is frozen too: its gratuitous ARP and neighbour advertisements pass no ruleset.
        """
        for family, hooks in (("inet", ("prerouting", "output")), ("arp", ("input", "output"))):
            if silent:
                chains = "".join(f"chain {h} {{ type filter hook {h} priority -500; policy drop; }}\n" for h in hooks)
                self.tool(director, "nft", f"table {family} silence {{ {chains} }}")
            else:
                self.tool(director, "nft", f"delete table {family} silence")
        self.freeze(director, frozen=silent)

    def tool(self, director: str, *words: str) -> str:
        """What one of the unpacked programs prints, in a director's namespace."""
        done = subprocess.run(
            ["ip", "netns", "exec", self._in(director), self.tools.find(words[0]), *words[1:]],
            env={**os.environ, **self.tools.environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    def close(self) -> None:
        """End everything."""
        super().close()
        subprocess.run(["ip", "netns", "delete", self._in("inside")], check=False, capture_output=True)
