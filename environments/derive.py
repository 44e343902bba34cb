"""An environment's stack file, made from another stack's: the same nouns with an end, and its own numbers where needed.

Pure: what others have is given. An address moves wherever it is written, so that what refers to a host still finds it;
a wider subnet that happens to begin with the same address stays.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network
from typing import Any, cast

from components.config.base import IPAddress, IPNetwork
from components.config.errors import at
from components.config.expiry import written
from components.config.stack import StackConfig
from components.plan.stack import StackPlan, plan_stack
from components.plan.vrrp import VrrpInstance
from environments.errors import EnvError
from environments.ranges import Taken, free_addresses, free_range, free_router_id, is_routed

# What looks like an address of either family, with the length of a prefix where one follows.
_WRITTEN = re.compile(
    r"(?<![\w.:])([0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)(?:/([0-9]{1,3}))?(?![\w:])"
)


@dataclass(frozen=True)
class Wish:
    """The environment that is wanted; ``ranges`` are those from which routed networks take theirs."""

    name: str
    expires: datetime
    protected: bool
    ranges: tuple[IPNetwork, ...]


@dataclass(frozen=True)
class _Moves:
    """Where addresses go: whole ranges, and single addresses of existing networks."""

    ranges: tuple[tuple[IPNetwork, IPNetwork], ...]
    addresses: Mapping[IPAddress, IPAddress]

    def of(self, address: IPAddress, prefix: int | None) -> IPAddress | None:
        """Where an address goes, None where it stays; with ``prefix`` it is a subnet's."""
        for old, new in self.ranges:
            if address in old and (prefix is None or prefix >= old.prefixlen):
                return type(address)(int(new.network_address) + int(address) - int(old.network_address))
        return self.addresses.get(address) if prefix in (None, address.max_prefixlen) else None


def derive(document: Mapping[str, Any], config: StackConfig, wish: Wish, taken: Taken) -> dict[str, Any]:
    """The environment's stack file.

    Args:
        document: the stack file that it is made from, as YAML holds it; secrets stay as they are encrypted there.
        config: the same, checked.
        wish: the name, the end, and what else was said.
        taken: what others have.

    Raises:
        EnvError: it cannot live beside its origin.
    """
    _refuse_shared_servers(config)
    plan = plan_stack(wish.name, config)
    moves = _Moves(tuple(_range_moves(plan, config, wish, taken)), _address_moves(plan, config, taken))
    nouns = cast("dict[str, Any]", _moved(document["config"], moves))
    for key, number in _router_ids(plan, wish.name, taken).items():
        nouns["vipstack:vrrp"]["instances"][key]["virtual-router-id"] = number
    nouns["vipstack:expires"] = written(wish.expires)
    nouns["vipstack:protected"] = "true" if wish.protected else "false"
    return {**document, "config": nouns}


def _refuse_shared_servers(config: StackConfig) -> None:
    servers = config.real_servers
    shared = [key for key, server in servers.servers.items() if server.existing] if servers else []
    if shared:
        raise EnvError(
            at("real-servers", "servers", shared[0]),
            "it is existing, so two stacks would serve by it",
            "an environment's real servers are its own: one that is there already knows one virtual IP and one gateway",
            "begin the environment from a stack file without existing real servers",
        )


def _range_moves(
    plan: StackPlan, config: StackConfig, wish: Wish, taken: Taken
) -> Iterator[tuple[IPNetwork, IPNetwork]]:
    used = list(taken.subnets)
    for network in plan.networks:
        if not is_routed(config.networks[network.key]):
            continue
        subnets = [(network.name, cast("IPNetwork", network.cidr))]
        subnets += [(network.ipv6_name, network.ipv6.cidr)] if network.ipv6 else []
        for name, old in subnets:
            held = next((one for one in taken.held.get(name, ()) if _same_size(one, old)), None)
            new = cast("IPNetwork", held) if held else free_range(name, old, wish.ranges, used)
            used.append(new)
            yield old, new


def _same_size(held: object, wanted: IPNetwork) -> bool:
    return isinstance(held, type(wanted)) and held.prefixlen == wanted.prefixlen


def _address_moves(plan: StackPlan, config: StackConfig, taken: Taken) -> dict[IPAddress, IPAddress]:
    moves: dict[IPAddress, IPAddress] = {}
    claims = [(vip.name, vip.network, vip.address) for vip in plan.virtual_ips]
    claims += [
        (port.name, port.network, address)
        for host in plan.hosts
        for port in host.ports
        for address in (port.address, port.ipv6_address)
        if address
    ]
    shared = {network.key: network.name for network in plan.networks if network.existing}
    fixed = {address for _, _, address in claims}
    for name, key, old in claims:
        if key not in shared:
            continue
        held = [one for one in taken.held.get(name, ()) if isinstance(one, type(old))]
        used = {*fixed, *moves.values(), *taken.addresses.get(shared[key], ())}
        pools = taken.pools.get(shared[key], ())
        free = next(free_addresses(config.networks[key], old.version, used, pools), None)
        if not held and free is None:
            raise EnvError(
                at("networks", key),
                f"no free address for {name} on {shared[key]}",
                "on an existing network an environment needs addresses of its own",
                "end environments that are done (`vipstack env list`), or ask for more room there",
            )
        moves[old] = held[0] if held else cast("IPAddress", free)
    return moves


def _router_ids(plan: StackPlan, name: str, taken: Taken) -> dict[str, int]:
    """New virtual router IDs by instance, for those whose adverts or virtual IPs others can meet."""
    shared = {network.key: network.name for network in plan.networks if network.existing}
    given: dict[str, int] = {}
    for instance in plan.instances:
        meeting = [shared[key] for key in _networks(instance) if key in shared]
        if meeting:
            others = {number for where in meeting for number in taken.router_ids.get(where, ())}
            own = {one.virtual_router_id for one in plan.instances}
            given[instance.name] = free_router_id(f"{name}-{instance.name}", others | own | set(given.values()))
    return given


def _networks(instance: VrrpInstance) -> Iterable[str]:
    return {instance.network, instance.peer_network}


def _moved(value: object, moves: _Moves) -> object:
    if isinstance(value, dict):
        mapping = cast("dict[str, object]", value)
        # Ciphertext is nobody's address.
        return {key: item if key == "secure" else _moved(item, moves) for key, item in mapping.items()}
    if isinstance(value, list):
        return [_moved(item, moves) for item in cast("list[object]", value)]
    return _moved_text(value, moves) if isinstance(value, str) else value


def _moved_text(text: str, moves: _Moves) -> str:
    def replacement(found: re.Match[str]) -> str:
        try:
            address = ip_address(found[1])
        except ValueError:
            return found[0]
        prefix = int(found[2]) if found[2] else None
        new = moves.of(address, prefix)
        return found[0] if new is None else f"{new}" + (f"/{prefix}" if found[2] else "")

    return _WRITTEN.sub(replacement, text)


def parse_ranges(texts: Iterable[str]) -> tuple[IPNetwork, ...]:
    """Subnets as the operator says them.

    Raises:
        EnvError: one is none.
    """
    try:
        return tuple(ip_network(text) for text in texts)
    except ValueError as error:
        raise EnvError(
            "--ranges", str(error), "subnets such as 10.64.0.0/16 or fd12:3456:789a::/48", "write it so"
        ) from error
