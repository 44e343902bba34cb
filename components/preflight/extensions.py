"""Does Neutron speak everything that the plan needs? Clouds switch extensions off."""

from collections.abc import Iterator

from components.config.errors import Finding, at
from components.plan.stack import StackPlan
from components.preflight.cloud import Cloud
from components.preflight.cloud_facts import PORT_SECURITY, STATELESS_GROUPS


def ask(cloud: Cloud) -> frozenset[str] | None:
    """The aliases of Neutron's extensions, None where it does not say."""
    page = cloud.get("network", "extensions", fields="alias")
    return frozenset(item["alias"] for item in page["extensions"]) if page else None


def judge(plan: StackPlan, facts: frozenset[str] | None) -> Iterator[Finding]:
    """One finding for each missing extension."""
    if facts is None:
        return
    for alias, where, why, remedy in _needed(plan):
        if alias not in facts:
            yield Finding(where, f"this cloud's network service has no extension {alias}", why, remedy)


def _needed(plan: StackPlan) -> Iterator[tuple[str, str, str, str]]:
    yield from _of_ports(plan)
    for network in plan.networks:
        if network.router:
            where = at("networks", network.key, "router")
            yield "router", where, "Routers and floating IPs need it", "Leave the key out, or use another cloud"
            if not network.router.snat:
                why = "Only it lets a router be without SNAT"
                yield "ext-gw-mode", at("networks", network.key, "router", "snat"), why, "Leave snat out"
            if network.router.routes:
                why = "The router finds what the gateway routes by a route of its own"
                yield "extraroute", at("gateway"), why, "Write snat: true, or use another cloud"
        if network.search_domain:
            why = "The search domain travels as a DHCP option of the ports"
            yield "extra_dhcp_opt", at("networks", network.key, "search-domain"), why, "Leave the key out"


def _of_ports(plan: StackPlan) -> Iterator[tuple[str, str, str, str]]:
    ports = [port for host in plan.hosts for port in host.ports]
    other_cloud = "Use another cloud, or ask whoever runs this one to switch it on"
    if plan.security_groups:
        yield "security-group", at("directors"), "Ports are guarded by security groups", other_cloud
    if any(port.pairs for port in ports):
        why = "Ports may send from virtual IPs only by address pairs"
        yield "allowed-address-pairs", at("virtual-ips"), why, other_cloud
    if any(not port.security for port in ports):
        why = "It is what switches port security off"
        yield PORT_SECURITY, at("directors", "port-security"), why, "Write port-security: stateless"
    if any(not group.stateful for group in plan.security_groups):
        why = "It is what makes security groups stateless"
        where = at("directors", "port-security")
        yield STATELESS_GROUPS, where, why, "Write port-security: disabled"
    if any(not port.way_out for port in ports):
        why = "A DHCP option of their ports tells the directors not to take themselves for a gateway"
        yield "extra_dhcp_opt", at("gateway"), why, other_cloud
    if any(host.legs for host in plan.hosts):
        why = "Frames of a whole bond come and go by each of its ports, so nothing may filter them"
        yield PORT_SECURITY, at("directors", "nics"), why, "Remove the bonds"
