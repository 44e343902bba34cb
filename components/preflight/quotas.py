"""Does what is still to be created fit into the project's quotas?

What the stack has already is in use already, so it is taken off the need. That takes more questions, which are only
asked where the quota would be too small otherwise.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from components.config.errors import Finding
from components.plan.stack import StackPlan
from components.preflight.cloud import Cloud
from components.preflight.flavors import FlavorFacts
from components.preflight.servers import ServerFacts

# Nova's and Neutron's word for "no limit".
_UNLIMITED = -1

# Neutron gives every new group a rule that lets IPv4 out and one for IPv6.
_DEFAULT_RULES = 2

_COMPUTE = {
    "instances": ("maxTotalInstances", "totalInstancesUsed"),
    "cores": ("maxTotalCores", "totalCoresUsed"),
    "memory (MiB)": ("maxTotalRAMSize", "totalRAMUsed"),
    "server groups": ("maxServerGroups", "totalServerGroupsUsed"),
}
_NETWORK = {
    "networks": "network",
    "subnets": "subnet",
    "routers": "router",
    "ports": "port",
    "floating IPs": "floatingip",
    "security groups": "security_group",
    "security group rules": "security_group_rule",
}


@dataclass(frozen=True)
class Quota:
    """How many of a kind the project may have, and has."""

    limit: int
    used: int

    @property
    def free(self) -> int | None:
        """How many more it may have, None for any number."""
        return None if self.limit == _UNLIMITED else max(0, self.limit - self.used)


@dataclass(frozen=True)
class QuotaFacts:
    """The quotas by kind, as far as the cloud tells; ``present`` is what the stack has already, by kind."""

    quotas: Mapping[str, Quota]
    present: Mapping[str, int] = field(default_factory=dict[str, int])


def needs(plan: StackPlan, flavors: FlavorFacts) -> Mapping[str, int]:
    """How many of each kind the whole stack takes."""
    known = [flavors[host.flavor] for host in plan.hosts if host.flavor in flavors]
    ports = [port for host in plan.hosts for port in host.ports]
    created = [network for network in plan.networks if not network.existing]
    groups = plan.security_groups
    return {
        "instances": len(plan.hosts),
        "cores": sum(flavor.vcpus for flavor in known),
        "memory (MiB)": sum(flavor.ram for flavor in known),
        "server groups": len({(host.role, host.placement) for host in plan.hosts if host.placement}),
        "networks": len(created),
        "subnets": len(created) + sum(1 for network in created if network.ipv6),
        "routers": sum(1 for network in created if network.router),
        "ports": len(ports) + sum(len(host.legs) for host in plan.hosts) + len(plan.virtual_ips),
        "floating IPs": sum(1 for holder in (*ports, *plan.virtual_ips) if holder.floating_ip),
        "security groups": len(groups),
        "security group rules": sum(len(group.rules) + _DEFAULT_RULES for group in groups),
    }


def ask(cloud: Cloud) -> QuotaFacts:
    """The quotas and what of them is used."""
    quotas: dict[str, Quota] = {}
    if page := cloud.get("compute", "limits"):
        limits = page["limits"]["absolute"]
        quotas |= {kind: Quota(limits[most], limits[used]) for kind, (most, used) in _COMPUTE.items() if most in limits}
    if page := cloud.get("network", f"quotas/{cloud.project_id}/details.json"):
        details = page["quota"]
        quotas |= {
            kind: Quota(details[key]["limit"], details[key]["used"] + int(details[key]["reserved"]))
            for kind, key in _NETWORK.items()
            if key in details
        }
    return QuotaFacts(quotas)


def fits(needed: Mapping[str, int], facts: QuotaFacts) -> bool:
    """Whether all of it fits even if the stack had nothing yet."""
    return not list(_short(needed, facts))


def ask_present(cloud: Cloud, plan: StackPlan, flavors: FlavorFacts, servers: ServerFacts) -> Mapping[str, int]:
    """What the stack has already, by its names."""
    hosts = [host for host in plan.hosts if host.name in servers]
    sizes = [flavors[servers[host.name].flavor] for host in hosts if servers[host.name].flavor in flavors]
    groups = list(cloud.each("network", "security-groups", "security_groups", project_id=cloud.project_id))
    names = {group.name for group in plan.security_groups}
    own = [group for group in groups if group["name"] in names]
    ports = list(cloud.each("network", "ports", "ports", project_id=cloud.project_id))
    port_names = {port.name for host in plan.hosts for port in (*host.ports, *host.legs)} | {
        vip.name for vip in plan.virtual_ips
    }
    own_ports = {port["id"] for port in ports if port["name"] in port_names}
    floating = cloud.each("network", "floatingips", "floatingips", project_id=cloud.project_id)
    networks = {network.name for network in plan.networks if not network.existing}
    ipv6 = {network.ipv6_name for network in plan.networks if network.ipv6 and not network.existing}
    routers = {network.router.name for network in plan.networks if network.router}
    server_groups = {f"{plan.stack}-{host.role.value}" for host in plan.hosts if host.placement}
    return Counter(
        {
            "instances": len(hosts),
            "cores": sum(size.vcpus for size in sizes),
            "memory (MiB)": sum(size.ram for size in sizes),
            "server groups": _named(cloud, "compute", "os-server-groups", "server_groups", server_groups),
            "networks": _named(cloud, "network", "networks", "networks", networks),
            "subnets": _named(cloud, "network", "subnets", "subnets", networks | ipv6),
            "routers": _named(cloud, "network", "routers", "routers", routers),
            "ports": len(own_ports),
            "floating IPs": sum(1 for ip in floating if ip["port_id"] in own_ports),
            "security groups": len(own),
            "security group rules": sum(len(group["security_group_rules"]) for group in own),
        }
    )


def _named(cloud: Cloud, service: str, path: str, key: str, names: set[str]) -> int:
    return sum(1 for item in cloud.each(service, path, key) if item["name"] in names)


def judge(needed: Mapping[str, int], facts: QuotaFacts) -> Iterator[Finding]:
    """One finding for each quota that is too small for what is still to be created."""
    for kind, missing in _short(needed, facts):
        quota = facts.quotas[kind]
        yield Finding(
            f"The project's quota for {kind}",
            f"{missing} more are needed, {quota.free} are free",
            f"Allowed are {quota.limit}, of which {quota.used} are in use",
            "Ask for a larger quota, delete what is no longer used, or make the stack smaller",
        )


def _short(needed: Mapping[str, int], facts: QuotaFacts) -> Iterator[tuple[str, int]]:
    for kind, quota in facts.quotas.items():
        missing = needed[kind] - facts.present.get(kind, 0)
        if quota.free is not None and missing > quota.free:
            yield kind, missing
