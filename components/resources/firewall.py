"""Security groups and their ingress rules.

Two components, since the groups come before the ports that wear them and some rules name addresses that Neutron gives
to those very ports. Egress stays as Neutron makes it: open.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_openstack import networking

from components.config.base import IPV4
from components.plan.firewall import IngressRule, PortAddress, SecurityGroup
from components.plan.hosts import address_key
from components.preflight.cloud_facts import STATELESS_GROUPS
from components.resources import type_tokens


@dataclass(frozen=True)
class SecurityGroupsArgs:
    """The groups of the stack; ``extensions`` are Neutron's."""

    groups: tuple[SecurityGroup, ...]
    extensions: frozenset[str]
    tags: tuple[str, ...]


class SecurityGroups(pulumi.ComponentResource):
    """The groups, still without rules of ours; ``ids`` by the group's key."""

    ids: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: SecurityGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_tokens.SECURITY_GROUPS, name, None, opts)
        # Neutron changes no group that a port wears: ports get another one, and the first goes when nobody wears it.
        child = pulumi.ResourceOptions(parent=self, replace_on_changes=["stateful"], delete_before_replace=False)
        self.ids = {
            group.key: networking.SecGroup(
                group.key,
                name=group.name,
                description=f"What the {group.key} role lets in",
                # Clouds without the extension refuse the very word; without it the provider leaves a group as it is.
                stateful=None if group.stateful and STATELESS_GROUPS not in args.extensions else group.stateful,
                tags=args.tags,
                opts=child,
            ).id
            for group in args.groups
        }
        self.register_outputs({})


@dataclass(frozen=True)
class IngressRulesArgs:
    """The rules of one group; ``addresses`` are those of the stack's ports, by ``address_key``."""

    group_id: pulumi.Input[str]
    rules: tuple[IngressRule, ...]
    addresses: Mapping[str, pulumi.Input[str]]


class IngressRules(pulumi.ComponentResource):
    """The ingress rules of one group, each a resource by its key: every change of a rule is a new rule."""

    def __init__(self, name: str, args: IngressRulesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_tokens.INGRESS_RULES, name, None, opts)
        # Neutron refuses a rule that is there already, so a changed one goes before its successor comes.
        child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)
        for rule in args.rules:
            low, high = rule.ports or (None, None)
            networking.SecGroupRule(
                f"{name}-{rule.key}",
                security_group_id=args.group_id,
                direction="ingress",
                ethertype=f"IPv{rule.version}",
                protocol=rule.protocol.value,
                port_range_min=low,
                port_range_max=high,
                remote_ip_prefix=_prefix(rule, args.addresses),
                opts=child,
            )
        self.register_outputs({})


def _prefix(rule: IngressRule, addresses: Mapping[str, pulumi.Input[str]]) -> pulumi.Input[str]:
    if isinstance(rule.remote, PortAddress):
        return pulumi.Output.format(
            "{0}/{1}",
            addresses[address_key(rule.remote.port, rule.version)],
            32 if rule.version == IPV4 else 128,
        )
    return str(rule.remote)
