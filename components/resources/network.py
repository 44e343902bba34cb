"""A network of the stack's own: network, subnets, and the router to the outside where there is one, with its routes.

Deliberately knows nothing of networks that exist already: of those nothing is created and nothing changed, they are
only an ``Attachment`` with the ids that preflight found.
"""

from dataclasses import dataclass

import pulumi
from pulumi_openstack import networking

from components.config.base import IPV4
from components.plan.networks import NetworkPlan
from components.resources import type_tokens


@dataclass(frozen=True)
class Attachment:
    """Where ports plug in. ``ready`` is what must be there before a guest that boots can reach the outside."""

    network_id: pulumi.Input[str]
    subnet_id: pulumi.Input[str]
    ready: tuple[pulumi.Resource, ...] = ()
    ipv6_subnet_id: pulumi.Input[str] | None = None

    def subnet_of(self, version: int) -> pulumi.Input[str]:
        """The id of the subnet of a family (4 or 6); a plan asks for one that there is."""
        found = self.subnet_id if version == IPV4 else self.ipv6_subnet_id
        if found is None:
            raise LookupError(version)
        return found


@dataclass(frozen=True)
class NetworkArgs:
    """``external_network_id`` is that of the plan's router, None where there is no router."""

    plan: NetworkPlan
    external_network_id: str | None
    tags: tuple[str, ...]


class Network(pulumi.ComponentResource):
    """A network with its subnets, one for each family, and a router where the plan has one."""

    attachment: Attachment

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_tokens.NETWORK, name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        # Neutron refuses a second subnet of the same range on a network, and a second holder of the gateway address.
        alone = pulumi.ResourceOptions(parent=self, delete_before_replace=True)
        plan = args.plan
        network = networking.Network(name, name=plan.name, mtu=plan.mtu, tags=args.tags, opts=child)
        subnet = networking.Subnet(
            name,
            name=plan.name,
            network_id=network.id,
            cidr=str(plan.cidr),
            ip_version=4,
            gateway_ip=str(plan.gateway),
            allocation_pools=[
                networking.SubnetAllocationPoolArgs(start=str(pool.first), end=str(pool.last))
                for pool in plan.allocation_pools
            ],
            dns_nameservers=[str(server) for server in plan.dns_servers] or None,
            tags=args.tags,
            opts=alone,
        )
        ready: list[pulumi.Resource] = [subnet]
        subnet6 = plan.ipv6 and networking.Subnet(
            f"{name}.ipv6",
            name=plan.ipv6_name,
            network_id=network.id,
            cidr=str(plan.ipv6.cidr),
            ip_version=6,
            gateway_ip=str(plan.ipv6.gateway),
            # Neither router advertisements nor DHCPv6: Neutron takes no chosen address where guests make their own, and
            # cloud-init gives a guest what the server's network data says, whatever DHCPv6 client the image has.
            enable_dhcp=False,
            allocation_pools=[
                networking.SubnetAllocationPoolArgs(start=str(pool.first), end=str(pool.last))
                for pool in plan.ipv6.pools
            ],
            tags=args.tags,
            opts=alone,
        )
        if subnet6:
            ready.append(subnet6)
        if plan.router:
            router = networking.Router(
                name,
                name=plan.router.name,
                external_network_id=args.external_network_id,
                # Left out where it is Neutron's default: many clouds let only administrators say it.
                enable_snat=None if plan.router.snat else False,
                tags=args.tags,
                opts=child,
            )
            legs = [networking.RouterInterface(name, router_id=router.id, subnet_id=subnet.id, opts=alone)]
            if subnet6:
                legs.append(
                    networking.RouterInterface(f"{name}.ipv6", router_id=router.id, subnet_id=subnet6.id, opts=alone)
                )
            ready += legs
            for route in plan.router.routes:
                networking.RouterRoute(
                    route.key,
                    router_id=router.id,
                    destination_cidr=str(route.destination),
                    next_hop=str(route.next_hop),
                    # Neutron takes a next hop on a network of the router only, and keeps the leg while there is one.
                    opts=pulumi.ResourceOptions(parent=self, depends_on=legs),
                )
        self.attachment = Attachment(network.id, subnet.id, tuple(ready), subnet6.id if subnet6 else None)
        self.register_outputs({})
