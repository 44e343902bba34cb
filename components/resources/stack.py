"""The whole stack, in the order in which its parts need one another. The only door into this room."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pulumi

from components.config.stack_secrets import NO_SECRETS, Secrets
from components.plan.declarations import DECLARED, declarations
from components.plan.hosts import Role
from components.plan.stack import StackPlan
from components.preflight.cloud_facts import CloudFacts
from components.rendering.guest_files import addresses_needed
from components.resources import type_tokens
from components.resources.firewall import IngressRules, IngressRulesArgs, SecurityGroups, SecurityGroupsArgs
from components.resources.fleet import Fleet, FleetArgs
from components.resources.guests import render_guest
from components.resources.network import Attachment, Network, NetworkArgs
from components.resources.ports import Ports, PortsArgs
from components.resources.server import Server
from components.resources.virtual_ips import VirtualIp, VirtualIpArgs


@dataclass(frozen=True)
class StackArgs:
    """The plan, what preflight found in the cloud, and what is secret in the stack file."""

    plan: StackPlan
    cloud: CloudFacts
    secrets: Secrets = NO_SECRETS


class Stack(pulumi.ComponentResource):
    """Networks, ports, virtual IPs, rules and servers of a plan.

    Attributes:
        virtual_ips: by their keys.
        ports: all ports of servers.
        servers: by their hosts' keys.
    """

    virtual_ips: Mapping[str, VirtualIp]
    ports: Ports
    servers: Mapping[str, Server]

    def __init__(self, name: str, args: StackArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_tokens.STACK, name, {DECLARED: declarations(args.plan)}, opts)
        child = pulumi.ResourceOptions(parent=self)
        plan, tags = args.plan, args.plan.tags
        attachments = {network.key: self._attach(network.key, args, child) for network in plan.networks}
        groups = SecurityGroups(name, SecurityGroupsArgs(plan.security_groups, args.cloud.extensions, tags), child)
        self.virtual_ips = {
            vip.key: VirtualIp(vip.key, VirtualIpArgs(vip, attachments[vip.network], tags), child)
            for vip in plan.virtual_ips
        }
        self.ports = Ports(
            name,
            PortsArgs(
                ports=tuple(port for host in plan.hosts for port in host.ports),
                legs=tuple(leg for host in plan.hosts for leg in host.legs),
                attachments=attachments,
                networks={network.key: network for network in plan.networks},
                security_groups=groups.ids,
                extensions=args.cloud.extensions,
                tags=tags,
            ),
            child,
        )
        for group in plan.security_groups:
            IngressRules(group.key, IngressRulesArgs(groups.ids[group.key], group.rules, self.ports.addresses), child)
        needed = addresses_needed(plan)
        servers: dict[str, Server] = {}
        self.servers = servers
        for role in Role:  # directors first: others may be behind them
            if plan.hosts_of(role):
                servers.update(self._fleet(role, args, attachments, needed, child).servers)
        for remark in args.cloud.remarks:
            pulumi.log.warn(remark, self)
        self.register_outputs({})

    @staticmethod
    def _attach(key: str, args: StackArgs, child: pulumi.ResourceOptions) -> Attachment:
        plan = args.plan.network(key)
        if plan.existing:
            found = args.cloud.networks[key]
            return Attachment(found.network_id, found.subnet_id, ipv6_subnet_id=found.ipv6_subnet_id)
        external = args.cloud.external_networks[plan.router.external_network] if plan.router else None
        return Network(key, NetworkArgs(plan, external, args.plan.tags), child).attachment

    def _fleet(
        self,
        role: Role,
        args: StackArgs,
        attachments: Mapping[str, Attachment],
        needed: Mapping[str, Collection[str]],
        child: pulumi.ResourceOptions,
    ) -> Fleet:
        plan = args.plan
        hosts = plan.hosts_of(role)
        return Fleet(
            role.value,
            FleetArgs(
                hosts=hosts,
                group_name=f"{plan.stack}-{role.value}",
                guests={
                    host.key: render_guest(plan, host, needed[host.key], self.ports, args.secrets) for host in hosts
                },
                options=plan.guests,
                images=args.cloud.images,
                flavors=args.cloud.flavors,
                ports=self.ports,
                attachments=attachments,
                behind={host.key: [self.servers[key] for key in host.behind] for host in hosts},
                tags=plan.tags,
                protected=plan.protected,
            ),
            child,
        )
