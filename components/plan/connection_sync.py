"""How the directors tell one another of their connections: which of them, on which ports, and by which tunnel.

Two channels over one network. conntrackd's is unicast UDP between two directors. The kernel's IPVS daemon knows only
multicast, so it speaks within a VXLAN tunnel whose every frame goes to each peer by unicast: a cloud's network need not
carry multicast (docs/adr/).
"""

from dataclasses import dataclass, replace
from ipaddress import IPv4Interface

from components.config.stack import StackConfig
from components.plan.firewall import IngressRule, PortAddress, RuleProtocol
from components.plan.vrrp import SyncGroup

# conntrackd's own default, and IANA's for VXLAN (RFC 7348).
TRACKING_PORT = 3780
TUNNEL_PORT = 4789

# Within the tunnel; nothing else is there, and link-local addresses are nobody's.
TUNNEL_INTERFACE = "ipvs-sync"
_TUNNEL = "169.254.88"

# Tells conntrackd what became of this director; a static file of the feature.
NOTIFY = "/usr/local/lib/vipstack/tell-conntrackd"


@dataclass(frozen=True)
class ConnectionSync:
    """``network`` is the key of the network; ``tracking`` the gateway's connections, ``balancing`` those of IPVS."""

    network: str
    directors: tuple[str, ...]
    tracking: bool
    balancing: bool

    def peers(self, director: str) -> tuple[str, ...]:
        """The keys of the other directors' ports on the network."""
        return tuple(f"{key}-{self.network}" for key in self.directors if key != director)

    def tunnel_address(self, director: str) -> IPv4Interface:
        """The director's address within the tunnel; the kernel's daemon sends from it."""
        return IPv4Interface(f"{_TUNNEL}.{self.directors.index(director) + 1}/24")


def plan_connection_sync(config: StackConfig) -> ConnectionSync | None:
    """The channels, where they are wished for."""
    if config.connection_sync is None:
        return None
    return ConnectionSync(
        network=config.connection_sync.network,
        directors=config.directors.keys,
        tracking=config.gateway is not None,
        balancing=bool(config.services),
    )


def sync_rules(config: StackConfig) -> tuple[IngressRule, ...]:
    """What the directors let in from one another."""
    sync = plan_connection_sync(config)
    if sync is None:
        return ()
    wanted = (("tracking", TRACKING_PORT, sync.tracking), ("balancing", TUNNEL_PORT, sync.balancing))
    return tuple(
        IngressRule(
            key=f"{channel}-from-{key}-{sync.network}",
            protocol=RuleProtocol.UDP,
            remote=PortAddress(f"{key}-{sync.network}"),
            ports=(port, port),
        )
        for channel, port, used in wanted
        if used
        for key in sync.directors
    )


def with_notification(groups: tuple[SyncGroup, ...], config: StackConfig) -> tuple[SyncGroup, ...]:
    """The sync groups; that of the gateway tells conntrackd of each change."""
    if config.gateway is None or config.connection_sync is None:
        return groups
    vips = {vip for _, vip in config.gateway.references}
    ours = {name for name, instance in config.vrrp.instances.items() if vips & set(instance.virtual_ips)}
    return tuple(replace(group, notify=NOTIFY) if ours & set(group.instances) else group for group in groups)
