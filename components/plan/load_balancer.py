"""The load balancer: HAProxy's listeners and servers with their addresses, and what must be let in for them.

What is asked for stays in the nouns of the stack file, which each part carries along as ``config``.
"""

from dataclasses import dataclass

from components.config.base import IPV4, IPV6, IPAddress
from components.config.haproxy.backends import BackendConfig, Family, ServerConfig
from components.config.haproxy.frontends import BindConfig, FrontendConfig
from components.config.haproxy.load_balancer import HaproxyConfig
from components.config.real_servers import RealServersConfig
from components.config.stack import StackConfig
from components.plan.firewall import IngressRule, PortAddress, RuleProtocol
from components.plan.hosts import address_key
from components.plan.tracking import TrackProcess
from components.plan.vrrp import InstanceExtras


@dataclass(frozen=True)
class Listener:
    """A virtual IP's address and port."""

    address: IPAddress
    config: BindConfig


@dataclass(frozen=True)
class Frontend:
    """A frontend with its listeners."""

    name: str
    config: FrontendConfig
    listeners: tuple[Listener, ...]


@dataclass(frozen=True)
class BackendServer:
    """A server: an address of the operator's, or the port of a real server of the stack."""

    name: str
    address: IPAddress | PortAddress
    port: int
    config: ServerConfig


@dataclass(frozen=True)
class Backend:
    """A backend with its servers; ``clients_family`` is 6 where some of its clients may come by IPv6, beside others."""

    name: str
    config: BackendConfig
    servers: tuple[BackendServer, ...]
    clients_family: int


@dataclass(frozen=True)
class LoadBalancer:
    """What every director's HAProxy does; tuples keep the stack file's order."""

    config: HaproxyConfig
    frontends: tuple[Frontend, ...]
    backends: tuple[Backend, ...]

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """Those of all frontends."""
        return tuple(listener for frontend in self.frontends for listener in frontend.listeners)

    @property
    def ports(self) -> tuple[int, ...]:
        """The TCP ports of the frontends, rising."""
        return tuple(sorted({listener.config.port for listener in self.listeners}))

    @property
    def server_ports(self) -> tuple[int, ...]:
        """The TCP ports of all servers, rising."""
        return tuple(sorted({server.port for backend in self.backends for server in backend.servers}))

    def ports_of(self, real_server: str | None = None) -> tuple[int, ...]:
        """The TCP ports on which a real server of the stack is asked (None: on which any is), rising."""
        servers = (server for backend in self.backends for server in backend.servers)
        ours = (server for server in servers if isinstance(server.address, PortAddress))
        return tuple(sorted({server.port for server in ours if real_server in (None, server.name)}))

    def asked_ports(self) -> tuple[tuple[int, int], ...]:
        """Family and TCP port, rising, of all that is asked of real servers of the stack."""
        servers = (server for backend in self.backends for server in backend.servers)
        return tuple(sorted({(s.address.version, s.port) for s in servers if isinstance(s.address, PortAddress)}))


def plan_load_balancer(config: StackConfig) -> LoadBalancer | None:
    """The load balancer of the stack, where there is one."""
    haproxy = config.haproxy
    if haproxy is None:
        return None
    by_ipv6 = _backends_with_ipv6_clients(config, haproxy)
    return LoadBalancer(
        config=haproxy,
        frontends=tuple(
            Frontend(
                name=name,
                config=frontend,
                listeners=tuple(Listener(config.virtual_ips[b.virtual_ip].address, b) for b in frontend.bind),
            )
            for name, frontend in haproxy.frontends.items()
        ),
        backends=tuple(
            Backend(name, backend, _servers(backend, config), IPV6 if name in by_ipv6 else IPV4)
            for name, backend in haproxy.backends.items()
        ),
    )


def _backends_with_ipv6_clients(config: StackConfig, haproxy: HaproxyConfig) -> frozenset[str]:
    """The backends of frontends that listen on an address of IPv6, a director's own included."""
    own = any(config.networks[nic.network].ipv6 for nic in config.directors.nics)
    found: set[str] = set()
    for frontend in haproxy.frontends.values():
        families = {config.virtual_ips[bind.virtual_ip].address.version for bind in frontend.bind}
        if IPV6 in families or (own and frontend.own_addresses):
            found |= {frontend.default_backend, *(use.backend for use in frontend.use_backends)}
    return frozenset(found)


def _servers(backend: BackendConfig, config: StackConfig) -> tuple[BackendServer, ...]:
    real = config.real_servers
    servers = backend.servers or dict.fromkeys(real.keys if real else (), ServerConfig())
    return tuple(
        BackendServer(
            name=name,
            address=server.address or _real_server(name, real, backend.family),
            port=server.port or backend.port,
            config=server,
        )
        for name, server in servers.items()
    )


def _real_server(name: str, config: RealServersConfig | None, family: Family) -> IPAddress | PortAddress:
    """Where a real server is asked: at a port of the stack, or, if it is there already, at its own address.

    Raises:
        ValueError: there is none; the rules refuse such a name.
    """
    if config is None:
        raise ValueError(name)
    own = config.servers.get(name)
    address = own.address_of(family.version) if own and own.existing else None
    return address or PortAddress(f"{name}-{config.network}", family.version)


# For how long, in seconds, HAProxy may be away: keepalived takes no zero. systemd starts it again after a second.
_ABSENCE = 0.1

# The name is that of master and worker alike.
_PROCESS = TrackProcess(name="haproxy", process="haproxy", delay=_ABSENCE)


def followed_instances(config: StackConfig) -> dict[str, InstanceExtras]:
    """The VRRP instances whose virtual IPs HAProxy listens on follow it: where it does not run, they are not held.

    The kernel tells keepalived of its end, which asks nobody in intervals. A HAProxy that hangs ends too: its own
    watchdog sees to that. A reload never leaves its last process without a successor.
    """
    frontends = config.haproxy.frontends.values() if config.haproxy else ()
    used = {bind.virtual_ip for frontend in frontends for bind in frontend.bind}
    return {
        name: InstanceExtras(processes=(_PROCESS,))
        for name, instance in config.vrrp.instances.items()
        if used.intersection(instance.virtual_ips)
    }


def director_rules(config: StackConfig, network: str | None) -> tuple[IngressRule, ...]:
    """What a load balancer lets in beside its frontends' ports, on one network (None: on all)."""
    haproxy = config.haproxy
    rules: list[IngressRule] = []
    if haproxy and haproxy.peers and network in (None, haproxy.peers.network):
        port = haproxy.peers.port
        rules += [
            _from_port(f"peers-from-{key}-{haproxy.peers.network}", f"{key}-{haproxy.peers.network}", port)
            for key in config.directors.keys
        ]
    if haproxy and haproxy.stats_page and network in (None, haproxy.stats_page.network):
        port = haproxy.stats_page.port
        rules += [
            IngressRule(
                key=f"stats-from-{str(source).replace(':', '-')}",
                protocol=RuleProtocol.TCP,
                remote=source,
                ports=(port, port),
            )
            for source in haproxy.stats_page.allow_from
        ]
    return tuple(rules)


def real_server_rules(config: StackConfig) -> tuple[IngressRule, ...]:
    """What real servers let in for a load balancer: their ports, from the directors' addresses on their network.

    Of the family by which they are asked: HAProxy's connections are its own, whatever family its clients came by.
    """
    balancer, servers = plan_load_balancer(config), config.real_servers
    if balancer is None or servers is None:
        return ()
    peers = [f"{key}-{servers.network}" for key in config.directors.keys]
    return tuple(
        _from_port(address_key(f"backend-tcp-{port}-from-{peer}", version), peer, port, version)
        for version, port in balancer.asked_ports()
        for peer in peers
    )


def _from_port(key: str, port_key: str, port: int, version: int = IPV4) -> IngressRule:
    return IngressRule(key=key, protocol=RuleProtocol.TCP, remote=PortAddress(port_key, version), ports=(port, port))
