"""Is each external network there, for routers and floating IPs?"""

from collections.abc import Iterator, Mapping

from components.config.errors import Finding, at, shown
from components.plan.stack import StackPlan
from components.preflight.cloud import Cloud
from components.preflight.wording import known_names, path_of

ExternalNetworkFacts = Mapping[str, str]
"""The id of every external network that this project may see, by name."""


def ask(cloud: Cloud) -> ExternalNetworkFacts:
    """List the external networks."""
    query = {"router:external": True, "fields": ["id", "name"]}
    return {item["name"]: item["id"] for item in cloud.each("network", "networks", "networks", **query)}


def judge(plan: StackPlan, facts: ExternalNetworkFacts) -> Iterator[Finding]:
    """One finding for each key that names an external network which is not there."""
    for path, name in dict.fromkeys(_wanted(plan)):
        if name not in facts:
            yield Finding(
                path,
                f"the cloud has no external network {shown(name)}",
                f"External networks of the cloud: {known_names(name, facts)}",
                "Name one of these, or leave the key out",
            )


def _wanted(plan: StackPlan) -> Iterator[tuple[str, str]]:
    for network in plan.networks:
        if network.router:
            yield at("networks", network.key, "router", "external-network"), network.router.external_network
    for vip in plan.virtual_ips:
        if vip.floating_ip:
            yield at("virtual-ips", vip.key, "floating-ip"), vip.floating_ip
    for host in plan.hosts:
        for port in host.ports:
            if port.floating_ip:
                yield path_of(host, "floating-ips"), port.floating_ip
