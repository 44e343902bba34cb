"""A load balancer's files: HAProxy, its log, its kernel settings and, on the redhat family, firewalld and SELinux."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.config.base import IPV6, IPAddress
from components.config.guests import OsFamily
from components.config.haproxy.operation import StatsPageConfig
from components.plan.firewall import ANYWHERE, ANYWHERE6
from components.plan.hosts import Feature, Host, Role, address_key
from components.plan.load_balancer import LoadBalancer
from components.plan.stack import Addresses, StackPlan
from components.rendering import haproxy
from components.rendering.environment import render
from components.rendering.packet_filter import filtered_by_firewalld
from components.rendering.places import endpoint, port_words, resolved

# Where the family's package expects the socket for statistics and orders.
SOCKET = {OsFamily.DEBIAN: "/run/haproxy/admin.sock", OsFamily.REDHAT: "/var/lib/haproxy/stats"}


@dataclass(frozen=True)
class Peer:
    """A director as HAProxy's peers know it."""

    name: str
    address: str


@dataclass(frozen=True)
class Page:
    """The statistics page on one director; ``readers`` may see it, by their family's address in ``binds``."""

    config: StatsPageConfig
    binds: tuple[str, ...]
    readers: str


@dataclass(frozen=True)
class RichRule:
    """A rule of a firewalld zone: a protocol, or ports of one."""

    version: int
    source: str
    protocol: str
    ports: str | None


def files(plan: StackPlan, host: Host, addresses: Addresses) -> Iterator[tuple[str, str]]:
    """Each file's path on the guest and its text; none where the plan has no load balancer."""
    balancer = plan.load_balancer
    if balancer is None:
        return
    config, family = balancer.config, plan.guests.os_family
    yield (
        "/etc/haproxy/haproxy.cfg",
        _render(
            "/etc/haproxy/haproxy.cfg",
            config=config,
            socket=SOCKET[family],
            host=host.name,
            page=_page(balancer, host, addresses),
            peers=_peers(plan, balancer, addresses),
            replication=" peers directors" if config.peers else "",
            connection=haproxy.CONNECTION[config.connection],
            frontends=[haproxy.frontend(frontend, _own(host, addresses)) for frontend in balancer.frontends],
            backends=[haproxy.backend(backend, addresses) for backend in balancer.backends],
        ),
    )
    yield "/etc/sysctl.d/91-vipstack-load-balancer.conf", _render("/etc/sysctl.d/91-vipstack-load-balancer.conf")
    log = "/etc/rsyslog.d/30-vipstack-haproxy.conf"
    yield log, _render(log, host=host.name, logging=config.logging)
    yield "/etc/logrotate.d/haproxy", _render("/etc/logrotate.d/haproxy", keep=config.logging.keep)
    daemon = plan.keepalived.daemon
    if daemon and daemon.syslog_facility is not None:
        log, rotation = "/etc/rsyslog.d/30-vipstack-keepalived.conf", "/etc/logrotate.d/keepalived"
        yield log, _render(log, host=host.name, facility=daemon.syslog_facility)
        yield rotation, _render(rotation, keep=config.logging.keep)
    if family is OsFamily.REDHAT:
        ports = sorted({*balancer.ports, *balancer.server_ports, *_own_ports(balancer)})
        yield "/etc/vipstack/selinux.ports", _render("/etc/vipstack/selinux.ports", ports=ports)
    if filtered_by_firewalld(plan):
        service, zone = "/etc/firewalld/services/haproxy.xml", "/etc/firewalld/zones/public.xml"
        yield service, _render(service, ports=balancer.ports)
        yield zone, _render(zone, rules=_rich_rules(host, addresses))
        if any(instance.family == IPV6 and instance.virtual_mac for instance in plan.instances):
            yield "/etc/firewalld/firewalld.conf", _render("/etc/firewalld/firewalld.conf")


def certificate_files(plan: StackPlan, certificates: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The certificates that some listener names; no others reach a guest, and none where secrets are not known."""
    listeners = plan.load_balancer.listeners if plan.load_balancer else ()
    used = {name for listener in listeners for name in listener.config.certificates}
    for name in sorted(used & set(certificates)):
        text = _render("/etc/haproxy/certs/certificate.pem", text=certificates[name].strip())
        yield haproxy.certificate_path(name), text


def expected(plan: StackPlan, host: Host, addresses: Addresses) -> Mapping[str, Any]:
    """``listening``: the addresses and ports on which HAProxy must listen, on a backup too."""
    balancer = plan.load_balancer
    if balancer is None:
        return {}
    own = _own(host, addresses)
    listeners = [one for frontend in balancer.frontends for one in haproxy.listeners(frontend, own)]
    listening = [endpoint(one.address, one.config.port) for one in listeners]
    page = _page(balancer, host, addresses)
    return {"listening": [*listening, *(page.binds if page else ())]}


def _own(host: Host, addresses: Addresses) -> list[IPAddress]:
    """The director's own addresses, on all its networks."""
    keys = (address_key(port.key, version) for port in host.ports for version in ((4, 6) if port.ipv6 else (4,)))
    return [addresses[key] for key in keys]


def _render(path: str, **values: object) -> str:
    return render(Feature.LOAD_BALANCER, path, **values)


def _page(balancer: LoadBalancer, host: Host, addresses: Addresses) -> Page | None:
    config = balancer.config.stats_page
    if config is None:
        return None
    readers = " ".join(str(network) for network in config.allow_from)
    port = host.port_on(config.network).key
    families = sorted({network.version for network in config.allow_from})
    binds = tuple(endpoint(addresses[address_key(port, version)], config.port) for version in families)
    return Page(config, binds, readers)


def _peers(plan: StackPlan, balancer: LoadBalancer, addresses: Addresses) -> list[Peer]:
    config = balancer.config.peers
    if config is None:
        return []
    directors = plan.hosts_of(Role.DIRECTOR)
    return [Peer(director.name, str(addresses[director.port_on(config.network).key])) for director in directors]


def _own_ports(balancer: LoadBalancer) -> list[int]:
    return [one.port for one in (balancer.config.stats_page, balancer.config.peers) if one]


def _rich_rules(host: Host, addresses: Addresses) -> list[RichRule]:
    """The guest's rules but for what firewalld knows by itself or by the service: ping, answers, the frontends."""
    rules: dict[RichRule, None] = {}
    for rule in (rule for port in host.ports for rule in port.guest_rules):
        if rule.remote in (ANYWHERE, ANYWHERE6):
            continue
        source = str(resolved(rule.remote, addresses))
        rules[RichRule(rule.version, source, rule.protocol.value, port_words(rule.ports))] = None
    return list(rules)
