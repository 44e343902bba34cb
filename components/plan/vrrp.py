"""VRRP: priorities, timers, virtual MACs, and the failover bound that follows from them.

Sources: RFC 5798 (VRRPv3) sections 6.1 and 7.3, RFC 3768 (VRRPv2), keepalived.conf(5).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv6Address
from typing import Literal

from components.config.base import IPV4, IPV6, IPAddress
from components.config.vrrp import PREEMPT_DELAY, VrrpConfig, VrrpInstanceConfig
from components.plan.tracking import TrackFile, TrackProcess, VirtualRoute, VirtualRule

# Below 255, which RFC 5798 keeps for the owner of an address. The skew is (256 - priority) / 256 of an interval, so
# neighbours near the top fail over fastest.
HIGHEST_PRIORITY = 250

# What a failover takes beyond the timers: the last advert's travel, the guest's scheduling, the bridge or switch
# learning where the virtual MAC went, one probe's period. docs/architecture.md says how it was measured.
ALLOWANCE = 0.5

_PRIORITY_LEVELS = 256


@dataclass(frozen=True)
class FailoverBound:
    """For how long, in seconds, a virtual IP may be away. ``allowance`` is already part of the two bounds."""

    crash: float
    clean_stop: float
    allowance: float


@dataclass(frozen=True)
class VrrpInstance:
    """A VRRP instance; ``directors`` are host keys, the first has the highest priority.

    ``network`` holds the virtual IPs, ``peer_network`` carries the adverts; a director must have a port on both, and
    loses the instance with either link.
    ``preempt_delay`` is for how many seconds a director that returns waits before it takes the virtual IPs back; None:
    it leaves them where they are. ``virtual_ips`` are of one family; in IPv6 the first is the virtual router's
    link-local address. ``label`` is what follows ``<interface>:`` in the virtual IPs' label; None: they have none.

    ``processes``, ``files``, ``routes`` and ``rules`` are what the features of a stack put here, by ``with_features``:
    processes that must run for the instance to be held and files that lower its priority (one may serve several
    instances), and routes and policy rules that exist only where the instance is master.
    """

    name: str
    network: str
    virtual_router_id: int
    virtual_ips: tuple[IPAddress, ...]
    version: int
    advert_interval: float
    virtual_mac: str | None
    preempt_delay: float | None
    directors: tuple[str, ...]
    bound: FailoverBound
    peer_network: str
    label: str | None = None
    processes: tuple[TrackProcess, ...] = ()
    files: tuple[TrackFile, ...] = ()
    routes: tuple[VirtualRoute, ...] = ()
    rules: tuple[VirtualRule, ...] = ()

    def priority(self, director: str) -> int:
        """The director's priority: close together, so that every backup's skew is short."""
        return HIGHEST_PRIORITY - self.directors.index(director)

    @property
    def file_weight(self) -> int:
        """What one in a tracked file adds to the priority: with it a director stands behind all without."""
        return -len(self.directors)

    @property
    def link_down_bound(self) -> float:
        """For how long, in seconds, its virtual IPs may be away when the master's link to their network goes down.

        The master knows at once; its goodbye reaches the others only where adverts travel on another network.
        """
        return self.bound.crash if self.peer_network == self.network else self.bound.clean_stop

    @property
    def failover_bounds(self) -> dict[str, float]:
        """For how long, in seconds, its virtual IPs may be away, by what happens: as the outputs name it."""
        return {"crash": self.bound.crash, "clean-stop": self.bound.clean_stop, "link-down": self.link_down_bound}

    @property
    def interface(self) -> str:
        """The name of the macvlan interface that carries the virtual MAC (at most 15 characters, IFNAMSIZ)."""
        return macvlan(self.virtual_router_id, self.family)

    @property
    def family(self) -> Literal[4, 6]:
        """That of the virtual IPs and of the adverts: a virtual router has one (RFC 5798, 1)."""
        return self.virtual_ips[0].version


@dataclass(frozen=True)
class SyncGroup:
    """Instances that are master on the same director, or on none: one that fails takes the others along.

    ``instances`` are their names, two or more. ``notify`` is the path of a script on the guest that keepalived calls as
    root at each change, with ``GROUP``, its name, ``MASTER``, ``BACKUP`` or ``FAULT``, and a priority;
    it comes with the role's or feature's static files. A feature that wants one sets it by ``dataclasses.replace``.
    """

    name: str
    instances: tuple[str, ...]
    notify: str | None = None


def macvlan(virtual_router_id: int, family: int) -> str:
    """The macvlan's name: two virtual routers with one ID, of IPv4 and of IPv6, have two."""
    return f"vrrp{'' if family == IPV4 else family}.{virtual_router_id}"


def virtual_mac(virtual_router_id: int, family: int) -> str:
    """The virtual router's MAC (RFC 5798, 7.3), in lower case as Neutron writes it."""
    return f"00:00:5e:00:{'01' if family == IPV4 else '02'}:{virtual_router_id:02x}"


def link_local(virtual_router_id: int) -> IPv6Address:
    """The virtual router's link-local address, which an IPv6 advert carries first (RFC 5798, 5.2.9).

    Made of the virtual MAC as SLAAC would (RFC 4291, appendix A), so nobody else on the network has it.
    """
    return IPv6Address(f"fe80::200:5eff:fe00:{0x200 + virtual_router_id:x}")


def skew(priority: int, interval: float, version: int) -> float:
    """Skew_Time in seconds: VRRPv3 scales it with the interval, VRRPv2 counts in whole seconds."""
    return (_PRIORITY_LEVELS - priority) / _PRIORITY_LEVELS * (interval if version == 3 else 1.0)  # noqa: PLR2004


def failover_bound(priority: int, interval: float, version: int) -> FailoverBound:
    """The bound for a backup of this priority.

    Crash: Master_Down_Interval = 3 x interval + skew (RFC 5798, 6.1). Clean stop: the master says priority 0, the
    backup waits its skew. Both in seconds, with the measured allowance added.
    """
    wait = skew(priority, interval, version)
    return FailoverBound(
        crash=round(3 * interval + wait + ALLOWANCE, 3),
        clean_stop=round(wait + ALLOWANCE, 3),
        allowance=ALLOWANCE,
    )


def preempt_delay(config: VrrpConfig) -> float | None:
    """The seconds of ``VrrpInstance.preempt_delay``."""
    if not config.preempt:
        return None
    return PREEMPT_DELAY if config.preempt_delay is None else config.preempt_delay


def advert_networks(config: VrrpConfig, network_of: Mapping[str, str]) -> frozenset[str]:
    """The networks on which directors hear each other; ``network_of`` is that of each virtual IP."""
    beside = (network_of[instance.virtual_ips[0]] for instance in config.instances.values())
    return frozenset([config.peer_network] if config.peer_network else beside)


def plan_sync_groups(config: VrrpConfig) -> tuple[SyncGroup, ...]:
    """The groups as the operator wrote them."""
    return tuple(SyncGroup(name, instances) for name, instances in config.sync_groups.items())


def plan_instances(
    config: VrrpConfig, addresses: dict[str, tuple[str, IPAddress]], directors: tuple[str, ...]
) -> tuple[VrrpInstance, ...]:
    """The instances of the stack.

    Args:
        config: the ``vrrp`` noun.
        addresses: for each virtual IP its network's key and its address.
        directors: the keys of all directors in order.
    """
    lowest = HIGHEST_PRIORITY - (len(directors) - 1)
    bound = failover_bound(lowest, config.interval, config.version)
    return tuple(
        VrrpInstance(
            name=name,
            network=addresses[instance.virtual_ips[0]][0],
            virtual_router_id=instance.virtual_router_id,
            virtual_ips=_with_link_local(instance, [addresses[vip][1] for vip in instance.virtual_ips]),
            version=config.version,
            advert_interval=config.interval,
            virtual_mac=virtual_mac(instance.virtual_router_id, addresses[instance.virtual_ips[0]][1].version)
            if config.virtual_mac
            else None,
            preempt_delay=preempt_delay(config),
            directors=directors,
            bound=bound,
            peer_network=config.peer_network or addresses[instance.virtual_ips[0]][0],
            label=instance.label,
        )
        for name, instance in config.instances.items()
    )


def _with_link_local(instance: VrrpInstanceConfig, virtual_ips: list[IPAddress]) -> tuple[IPAddress, ...]:
    return (*([link_local(instance.virtual_router_id)] if virtual_ips[0].version == IPV6 else []), *virtual_ips)


@dataclass(frozen=True)
class InstanceExtras:
    """What a feature adds to an instance; see there."""

    processes: tuple[TrackProcess, ...] = ()
    files: tuple[TrackFile, ...] = ()
    routes: tuple[VirtualRoute, ...] = ()
    rules: tuple[VirtualRule, ...] = ()


def with_features(
    instances: tuple[VrrpInstance, ...], extras: Mapping[str, InstanceExtras]
) -> tuple[VrrpInstance, ...]:
    """The instances with what one feature adds to them, by the instance's name; what is there already stays.

    ``plan_stack`` calls it once for each feature, before the hosts and their ports are planned.
    """
    return tuple(_extended(instance, extras.get(instance.name, InstanceExtras())) for instance in instances)


def _extended(instance: VrrpInstance, extra: InstanceExtras) -> VrrpInstance:
    return replace(
        instance,
        processes=tuple(dict.fromkeys((*instance.processes, *extra.processes))),
        files=(*instance.files, *extra.files),
        routes=(*instance.routes, *extra.routes),
        rules=(*instance.rules, *extra.rules),
    )
