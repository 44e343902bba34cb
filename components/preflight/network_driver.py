"""Are the cloud's networks OVN's, and can the stack live there?

A member sees neither agents nor a port's binding (ML2/OVN of Neutron 29, asked as one), and nobody sees OVN's version.
What does tell: the router provider ``ovn``, extensions that only OVN's router has, and the metadata port that OVN puts
into each network of one's own. Where none of them shows, nothing is concluded.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from components.config.cloud_profile import KEY, CloudProfile
from components.config.errors import Finding, at
from components.plan.firewall import ANYWHERE
from components.plan.hosts import Role
from components.plan.stack import StackPlan
from components.preflight.cloud import Cloud

# Neutron's plugin of OVN's routers announces these, its plugin of namespaces does not; the newest first.
_OVN_EXTENSIONS = ("l3-agent-scheduler-ha-chassis-priority", "external-gateway-multihoming")
_FIRST_WITH_VIRTUAL_MACS = "26.03"


@dataclass(frozen=True)
class DriverFacts:
    """What a member sees of the driver; ``metadata_port`` is the device of a port that is on every host at once."""

    router_providers: frozenset[str]
    metadata_port: str | None


def ask(cloud: Cloud) -> DriverFacts:
    """The providers of routers, and a distributed port of the project's networks."""
    providers = cloud.get("network", "service-providers") or {"service_providers": []}
    ports = cloud.get("network", "ports", device_owner="network:distributed", limit=1) or {"ports": []}
    devices = [port["device_id"] for port in ports["ports"] if port["device_owner"] == "network:distributed"]
    return DriverFacts(
        router_providers=frozenset(
            item["name"] for item in providers["service_providers"] if item["service_type"] == "L3_ROUTER_NAT"
        ),
        metadata_port=next(iter(devices), None),
    )


def sign_of_ovn(facts: DriverFacts, extensions: frozenset[str] | None) -> str | None:
    """By what the cloud's networks are known to be OVN's, in words; None where nothing says so."""
    if "ovn" in facts.router_providers:
        return "its router provider is called ovn"
    for alias in _OVN_EXTENSIONS:
        if alias in (extensions or ()):
            return f"it has the extension {alias}"
    if facts.metadata_port and facts.metadata_port.startswith("ovnmeta-"):
        return f"it has the port {facts.metadata_port}"
    return None


def judge(plan: StackPlan, sign: str | None) -> Iterator[Finding]:
    """What cannot work on OVN."""
    if sign is None:
        return
    seen = f"this cloud's networks are OVN's ({sign})"
    if _with_virtual_mac(plan) and plan.cloud_profile is not CloudProfile.OVN:
        yield Finding(
            at("vrrp", "virtual-mac"),
            f"{seen}, and the directors share a virtual MAC",
            f"Before OVN {_FIRST_WITH_VIRTUAL_MACS} two ports with one MAC break failover and floating IPs, and the "
            "version cannot be seen",
            f"Write {at(KEY)}: ovn; with virtual-mac: true beside it where OVN is {_FIRST_WITH_VIRTUAL_MACS} or later",
        )
    directors = [port for host in plan.hosts_of(Role.DIRECTOR) for port in host.ports]
    if any(not port.security for port in directors):
        yield Finding(
            at("directors", "port-security"),
            f"{seen}, and the directors' ports are without port security",
            "There large uploads through direct routing stall, and a virtual IP's floating IP finds its director by "
            "the address pairs that such a port has not",
            f"Write {at(KEY)}: ovn, or port-security: stateless",
        )
    stateful = {group.key for group in plan.security_groups if group.stateful}
    half_seen = [port for port in directors if any(pair.address == ANYWHERE for pair in port.pairs)]
    if any(stateful.intersection(port.security_groups) for port in half_seen):
        yield Finding(
            at("directors", "port-security"),
            f"{seen}, and a stateful group guards ports that see half of each connection",
            "There what connection tracking sees half of counts as invalid and is dropped, so large uploads stall",
            f"Write {at(KEY)}: ovn, or port-security: stateless",
        )


def remarks(plan: StackPlan, sign: str | None) -> Iterator[str]:
    """What the operator should know though it was asked for."""
    if sign is not None and _with_virtual_mac(plan) and plan.cloud_profile is CloudProfile.OVN:
        yield (
            f"A virtual MAC on OVN ({sign}) needs OVN {_FIRST_WITH_VIRTUAL_MACS} or later, which cannot be seen from "
            "here: with an older one failover and floating IPs break"
        )


def _with_virtual_mac(plan: StackPlan) -> bool:
    return any(instance.virtual_mac for instance in plan.instances)
