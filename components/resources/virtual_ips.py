"""Virtual IPs: the unbound port that reserves each in Neutron, and its floating IP.

The port belongs to no server and never will: directors send from the address by their own ports' pairs.
"""

from dataclasses import dataclass

import pulumi
from pulumi_openstack import networking

from components.plan.stack import VirtualIp as VirtualIpPlan
from components.resources import type_tokens
from components.resources.network import Attachment


@dataclass(frozen=True)
class VirtualIpArgs:
    """The virtual IP and the network that it is on."""

    plan: VirtualIpPlan
    attachment: Attachment
    tags: tuple[str, ...]


class VirtualIp(pulumi.ComponentResource):
    """A reserved address; ``floating_ip`` is the address by which the outside reaches it, where there is one."""

    port_id: pulumi.Output[str]
    floating_ip: pulumi.Output[str] | None

    def __init__(self, name: str, args: VirtualIpArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_tokens.VIRTUAL_IP, name, None, opts)
        port = networking.Port(
            name,
            name=args.plan.name,
            network_id=args.attachment.network_id,
            fixed_ips=[
                networking.PortFixedIpArgs(
                    subnet_id=args.attachment.subnet_of(args.plan.address.version), ip_address=str(args.plan.address)
                )
            ],
            # Nobody sends through this port, so it needs no group; else Neutron gives it the project's default one.
            no_security_groups=True,
            tags=args.tags,
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self.port_id = port.id
        self.floating_ip = None
        if args.plan.floating_ip:
            self.floating_ip = networking.FloatingIp(
                name,
                pool=args.plan.floating_ip,
                port_id=port.id,
                tags=args.tags,
                # Neutron associates it only with what its router reaches, and keeps that router interface until then.
                opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.attachment.ready)),
            ).address
        self.register_outputs({})
