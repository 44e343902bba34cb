"""Where an environment needs numbers of its own, and which are free: pure.

On a network that an environment creates for itself, addresses and virtual router IDs are its own whatever they are. Two
cases are not so: a network that is *routed* (``router.snat: false``), whose range the outside can reach once only, and
one that is *existing*, on which all its users meet.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from components.config.base import AnyRange, IPAddress, IPNetwork
from components.config.networks import NetworkConfig
from environments.errors import EnvError

# From which routed networks get their range, unless the operator names others: RFC 2544's range for tests of networks,
# and a prefix of RFC 4193 with a constant in the place of its random number.
DEFAULT_RANGES: tuple[IPNetwork, ...] = (IPv4Network("198.18.0.0/15"), IPv6Network("fd76:6970:7374::/48"))

_VIRTUAL_ROUTER_IDS = 255
_MOST_POOLED = 1000  # more than a stack has addresses


@dataclass(frozen=True)
class Taken:
    """What others have, as far as the project sees it.

    ``addresses``, ``router_ids`` and ``pools`` by the name of an existing network. ``held`` is what the environment
    has itself from an earlier run, by the name of its subnet or port: it keeps that.
    """

    subnets: tuple[IPNetwork, ...] = ()
    addresses: Mapping[str, frozenset[IPAddress]] = field(default_factory=dict[str, frozenset[IPAddress]])
    router_ids: Mapping[str, frozenset[int]] = field(default_factory=dict[str, frozenset[int]])
    pools: Mapping[str, tuple[AnyRange, ...]] = field(default_factory=dict[str, tuple[AnyRange, ...]])
    held: Mapping[str, tuple[IPAddress | IPNetwork, ...]] = field(
        default_factory=dict[str, tuple[IPAddress | IPNetwork, ...]]
    )


def is_routed(network: NetworkConfig) -> bool:
    """Whether the outside reaches the network by its own range."""
    return network.existing is None and network.router is not None and not network.router.snat


def free_range(name: str, wanted: IPNetwork, ranges: Iterable[IPNetwork], taken: Iterable[IPNetwork]) -> IPNetwork:
    """A range as large as the wanted one that overlaps nothing; the same name finds the same one first.

    Raises:
        EnvError: there is none.
    """
    same_family = [one for one in ranges if one.version == wanted.version and one.prefixlen <= wanted.prefixlen]
    used = [one for one in taken if one.version == wanted.version]
    for pool in same_family:
        size = 1 << (wanted.max_prefixlen - wanted.prefixlen)
        count = pool.num_addresses // size
        for index in _from(name, count):
            candidate = type(wanted)((int(pool.network_address) + index * size, wanted.prefixlen))
            if not any(candidate.overlaps(one) for one in used):  # pyright: ignore[reportArgumentType] -- same family
                return candidate
    raise EnvError(
        name,
        f"no free range of the size /{wanted.prefixlen} in {', '.join(map(str, ranges)) or 'nothing'}",
        "a routed network (router.snat: false) needs a range that no other network of the project has",
        "name a larger one: --ranges 10.64.0.0/16, or end environments that are done (`vipstack env list`)",
    )


def free_addresses(
    network: NetworkConfig, version: int, taken: Iterable[IPAddress], pools: Iterable[AnyRange]
) -> Iterator[IPAddress]:
    """The addresses of a network that nobody has, lowest first: those that no pool hands out, then the others.

    Each is reserved by a port, so one of a pool does as well; the pools are for those that have no choice.
    """
    subnet = network.subnet_of(version)
    if subnet is None:
        return
    used, pooled = {subnet.gateway, *taken}, list(pools)
    free = (address for address in subnet.cidr.hosts() if address not in used)
    inside: list[IPAddress] = []
    for address in free:
        if not any(address in pool for pool in pooled):
            yield address
        elif len(inside) < _MOST_POOLED:
            inside.append(address)
    yield from inside


def free_router_id(name: str, taken: Iterable[int]) -> int:
    """A virtual router ID that nobody has; the same name finds the same one first.

    Raises:
        EnvError: all are taken.
    """
    used = set(taken)
    for index in _from(name, _VIRTUAL_ROUTER_IDS):
        if index + 1 not in used:
            return index + 1
    raise EnvError(
        name,
        f"all {_VIRTUAL_ROUTER_IDS} virtual router IDs are in use on an existing network",
        "one that no other group of directors has on that network",
        "end environments that are done (`vipstack env list`)",
    )


def _from(name: str, count: int) -> Iterator[int]:
    """All indices, each name from a place of its own: two runs at the same moment seldom choose the same."""
    start = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % count
    return ((start + step) % count for step in range(count))
