"""Networks that are there already: found, with the right subnet, ours to use, and with free virtual IPs and VRIDs.

On a network of somebody else a member sees only its own ports: what others hold there cannot be judged and is not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from components.config.base import IPAddress, IPNetwork
from components.config.errors import Finding, at, shown
from components.plan.networks import NetworkPlan
from components.plan.stack import StackPlan
from components.plan.vrrp import VrrpInstance, virtual_mac
from components.preflight.cloud import Cloud, Json

# Neutron's modes in which a port's address follows from its MAC.
_SELF_MADE = ("slaac", "dhcpv6-stateless")


@dataclass(frozen=True)
class Holder:
    """A port on the network: who holds which addresses, and which it may send from by its pairs' MACs.

    ``owner`` is Neutron's ``device_owner``, what the port is for.
    """

    name: str
    id: str
    addresses: frozenset[IPAddress]
    macs: frozenset[str]
    owner: str = ""


@dataclass(frozen=True)
class FoundNetwork:
    """A network of the wanted name; ``subnets`` are ids by range.

    ``self_made`` are the IPv6 address modes of the subnets where an address follows from the MAC.
    """

    id: str
    owned: bool
    port_security: bool
    subnets: Mapping[IPNetwork, str]
    holders: tuple[Holder, ...]
    self_made: Mapping[IPNetwork, str] = field(default_factory=dict[IPNetwork, str])
    shared: bool = False


ExistingNetworkFacts = Mapping[str, tuple[FoundNetwork, ...]]
"""The networks of each wanted name, by the key in the stack file."""


def ask(cloud: Cloud, plan: StackPlan) -> ExistingNetworkFacts:
    """Look up the existing networks by name, with their subnets and the ports that we may see."""
    return {
        network.key: tuple(
            _found(cloud, item) for item in cloud.each("network", "networks", "networks", name=network.name)
        )
        for network in plan.networks
        if network.existing
    }


def _found(cloud: Cloud, item: Json) -> FoundNetwork:
    subnets = list(cloud.each("network", "subnets", "subnets", network_id=item["id"]))
    ports = cloud.each("network", "ports", "ports", network_id=item["id"])
    return FoundNetwork(
        id=item["id"],
        owned=item["project_id"] == cloud.project_id,
        port_security=item.get("port_security_enabled", True),
        subnets={ip_network(subnet["cidr"]): subnet["id"] for subnet in subnets},
        holders=tuple(_holder(port) for port in ports),
        self_made={
            ip_network(subnet["cidr"]): subnet["ipv6_address_mode"]
            for subnet in subnets
            if subnet.get("ipv6_address_mode") in _SELF_MADE
        },
        shared=item.get("shared", False),
    )


def _holder(port: Json) -> Holder:
    fixed = (fixed_ip["ip_address"] for fixed_ip in port["fixed_ips"])
    return Holder(
        name=port["name"],
        id=port["id"],
        addresses=frozenset(ip_address(address) for address in fixed),
        macs=frozenset(pair["mac_address"].lower() for pair in port.get("allowed_address_pairs", [])),
        owner=port["device_owner"],
    )


def judge(plan: StackPlan, facts: ExistingNetworkFacts) -> Iterator[Finding]:
    """What keeps the stack from using each existing network."""
    for network in plan.networks:
        if network.existing:
            yield from _judge_network(plan, network, facts[network.key])


def _judge_network(plan: StackPlan, network: NetworkPlan, found: tuple[FoundNetwork, ...]) -> Iterator[Finding]:
    where = at("networks", network.key, "existing")
    if len(found) != 1:
        yield Finding(
            where,
            f"{len(found) or 'no'} networks of the cloud are called {shown(network.name)}",
            "Exactly one must have the name",
            "Correct the name, or rename the others",
        )
        return
    (only,) = found
    yield from _judge_subnets(network, only)
    yield from _judge_rights(plan, network, only)
    yield from _judge_addresses(plan, network, only)
    for instance in plan.instances:
        if instance.network == network.key:
            yield from _judge_virtual_router(plan, instance, only)


def _judge_subnets(network: NetworkPlan, found: FoundNetwork) -> Iterator[Finding]:
    wanted: list[tuple[str, IPNetwork]] = [(at("networks", network.key, "cidr"), network.cidr)]
    if network.ipv6:
        wanted.append((at("networks", network.key, "ipv6", "cidr"), network.ipv6.cidr))
    for where, cidr in wanted:
        if cidr not in found.subnets:
            yield Finding(
                where,
                f"network {shown(network.name)} has no subnet {cidr}",
                f"Its subnets are {', '.join(str(cidr) for cidr in found.subnets) or 'none'}",
                "Write the range of one of them",
            )
        elif cidr in found.self_made:
            yield Finding(
                where,
                f"on subnet {cidr} hosts make their own addresses ({found.self_made[cidr]})",
                "Neutron gives no chosen address there, and a virtual IP is a chosen one",
                "Name a subnet without IPv6 address mode or with dhcpv6-stateful",
            )


def _judge_rights(plan: StackPlan, network: NetworkPlan, found: FoundNetwork) -> Iterator[Finding]:
    ports = [port for host in plan.hosts for port in host.ports if port.network == network.key]
    where = at("networks", network.key, "existing")
    if not found.owned and any(port.pairs or not port.security for port in ports):
        yield Finding(
            where,
            f"network {shown(network.name)} belongs to another project",
            "Only its owner may give ports address pairs or switch port security off, and virtual IPs need that",
            "Name a network of this project, or leave the key out so that one is created",
        )
    if not found.port_security and any(port.pairs for port in ports):
        yield Finding(
            where,
            f"port security is off on network {shown(network.name)}",
            "Address pairs and security groups need it on",
            "Switch it on for the network, or leave the key out so that one is created",
        )


def _judge_addresses(plan: StackPlan, network: NetworkPlan, found: FoundNetwork) -> Iterator[Finding]:
    wanted = {vip.address: (at("virtual-ips", vip.key, "address"), vip.name) for vip in plan.virtual_ips}
    wanted |= {
        address: (f"The address of {host.key} on {network.key}", port.name)
        for host in plan.hosts
        for port in host.ports
        for address in (port.address, port.ipv6_address)
        if address and port.network == network.key
    }
    for holder in found.holders:
        for address in sorted(holder.addresses & wanted.keys(), key=int):
            where, name = wanted[address]
            if holder.name != name:
                yield Finding(
                    where,
                    f"{address} is taken on network {shown(network.name)} by port {holder.name or holder.id}",
                    "An address has one holder",
                    "Choose a free address, or delete that port",
                )


def _judge_virtual_router(plan: StackPlan, instance: VrrpInstance, found: FoundNetwork) -> Iterator[Finding]:
    own = {port.name for host in plan.hosts for port in host.ports}
    mac = virtual_mac(instance.virtual_router_id, instance.family)
    others = [holder.name or holder.id for holder in found.holders if mac in holder.macs and holder.name not in own]
    if others:
        yield Finding(
            at("vrrp", "instances", instance.name, "virtual-router-id"),
            f"{instance.virtual_router_id} is in use on this network by {', '.join(others)}",
            "A virtual router ID belongs to one group of directors on a network, being the last octet of its MAC",
            "Choose another number",
        )
