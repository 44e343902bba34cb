"""The stack around a preview: who serves which virtual IP now, and what is promised now and afterwards.

Now is what the stack's outputs say, afterwards what the plan of the previewed stack file says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.config.errors import StackFileError
from components.config.load import from_preview
from components.plan.firewall import PortAddress
from components.plan.hosts import Role
from components.plan.stack import StackPlan, plan_stack
from review.document import Change, Op, Preview

INSTANCE = "openstack:compute/instance:Instance"
CONFIGURATION = "guestconfig:guest:Configuration"
PORT = "openstack:networking/port:Port"
FLOATING_IP = "openstack:networking/floatingIp:FloatingIp"

Bounds = Mapping[str, float]
"""Seconds by the name of the bound, as the output ``failover-bounds`` has them."""

BOUND_NAMES = ("crash", "clean-stop", "link-down")


@dataclass(frozen=True)
class Pool:
    """Hosts that stand in for one another, and the virtual IPs that are away when all of them are."""

    role: Role
    virtual_ips: tuple[str, ...]
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class Count:
    """How many there are, and will be."""

    before: int
    after: int


@dataclass(frozen=True)
class StackAround:
    """What a change is judged by.

    ``roles`` by host key, of those that are there or will be. ``existing`` are the keys of the servers that are there.
    ``pools`` hold only hosts that serve now. The bounds are by virtual IP; ``bounds_after`` is None where the stack
    file was refused.
    """

    name: str
    roles: Mapping[str, str]
    existing: frozenset[str]
    pools: tuple[Pool, ...]
    bounds_before: Mapping[str, Bounds]
    bounds_after: Mapping[str, Bounds] | None
    servers: Count
    floating_ips: Count

    def host_of(self, change: Change) -> str | None:
        """The key of the server that a resource belongs to."""
        if change.type in (INSTANCE, CONFIGURATION):
            return change.name
        if change.type in (PORT, FLOATING_IP) and "vipstack:virtualip:VirtualIp$" not in change.urn:
            # Their keys are the host's and the network's.
            fitting = [host for host in self.roles if change.name.startswith(f"{host}-")]
            return max(fitting, key=len, default=None)
        return None


def stack_around(stack: str, preview: Preview) -> StackAround:
    """What surrounds a preview.

    Args:
        stack: its name, with the backend's organisation and project before it or without.
        preview: of this stack.
    """
    name = stack.rpartition("/")[2]
    plan = _plan(name, preview)
    instances = [change for change in preview.changes if change.type == INSTANCE]
    existing = frozenset(change.name for change in instances if change.old)
    now: Mapping[str, Any] = _mapping(preview.outputs.get("hosts"))
    roles = {key: str(host["role"]) for key, host in now.items()}
    if plan:
        roles = {host.key: host.role.value for host in plan.hosts} | roles
    return StackAround(
        name=name,
        roles=roles,
        existing=existing,
        pools=(*_directors(preview, plan, existing), *_real_servers(plan, roles, existing)),
        bounds_before=_bounds(preview.outputs.get("failover-bounds")),
        bounds_after=None if plan is None else _planned(plan),
        servers=_count(preview, INSTANCE),
        floating_ips=_count(preview, FLOATING_IP),
    )


def _plan(name: str, preview: Preview) -> StackPlan | None:
    try:
        return plan_stack(name, from_preview(preview.config))
    except StackFileError:
        return None  # the preview's own remarks have the findings


def _mapping(value: object) -> Mapping[str, Any]:
    """An output that is a mapping; one that is secret as a whole is not."""
    return value if isinstance(value, dict) else {}  # pyright: ignore[reportUnknownVariableType]


def _bounds(output: object) -> Mapping[str, Bounds]:
    return {vip: {name: bound[name] for name in BOUND_NAMES} for vip, bound in _mapping(output).items()}


def _planned(plan: StackPlan) -> Mapping[str, Bounds]:
    instances = {instance.name: instance for instance in plan.instances}
    return {vip.key: instances[vip.instance].failover_bounds for vip in plan.virtual_ips}


def _directors(preview: Preview, plan: StackPlan | None, existing: frozenset[str]) -> list[Pool]:
    """Who stands in for whom, for each virtual IP that is there; as planned where the outputs do not say."""
    by_vip = {key: tuple(vip["directors"]) for key, vip in _mapping(preview.outputs.get("virtual-ips")).items()}
    if not by_vip and plan:
        of = {instance.name: instance.directors for instance in plan.instances}
        by_vip = {vip.key: of[vip.instance] for vip in plan.virtual_ips}
    pools: dict[tuple[str, ...], list[str]] = {}
    for vip, directors in by_vip.items():
        there = tuple(director for director in directors if director in existing)
        if there:
            pools.setdefault(there, []).append(vip)
    return [Pool(Role.DIRECTOR, tuple(vips), hosts) for hosts, vips in pools.items()]


def _real_servers(plan: StackPlan | None, roles: Mapping[str, str], existing: frozenset[str]) -> list[Pool]:
    """For each service those of its real servers that are there; without a plan all of them."""
    if plan is None:
        every = tuple(host for host in sorted(existing) if roles.get(host) == Role.REAL_SERVER)
        return [Pool(Role.REAL_SERVER, (), every)] if every else []
    names = {vip.address: vip.key for vip in plan.virtual_ips}
    pools: dict[tuple[str, ...], list[str]] = {}
    for service in plan.virtual_servers:
        # One that is not ours stays whatever happens here.
        ours = [real.host for real in service.real_servers if isinstance(real.where, PortAddress)]
        there = tuple(host for host in ours if host in existing)
        if there and len(ours) == len(service.real_servers):
            pools.setdefault(there, []).extend(names[address] for address in service.addresses)
    for frontend_vips, hosts in _balanced(plan, names):
        there = tuple(host for host in hosts if host in existing)
        if there:
            pools.setdefault(there, []).extend(frontend_vips)
    return [Pool(Role.REAL_SERVER, tuple(dict.fromkeys(vips)), hosts) for hosts, vips in pools.items()]


def _balanced(plan: StackPlan, names: Mapping[Any, str]) -> list[tuple[list[str], list[str]]]:
    """The load balancer's backends: the virtual IPs of its frontends, and a backend's own servers."""
    if plan.load_balancer is None:
        return []
    vips = [names[one.address] for one in plan.load_balancer.listeners]
    return [
        (vips, [server.name for server in backend.servers])
        for backend in plan.load_balancer.backends
        if all(isinstance(server.address, PortAddress) for server in backend.servers)
    ]


def _count(preview: Preview, kind: str) -> Count:
    ours = [change for change in preview.changes if change.type == kind]
    before = sum(change.op is not Op.CREATE for change in ours)
    return Count(before, sum(change.op is not Op.DELETE for change in ours))
