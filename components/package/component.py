"""A stack as one component of another program: what ``__main__`` does with a stack file, from arguments.

Deliberately takes plain values: addresses, ports and names are decided before the first resource, so none of them may
be known only later.
"""

from typing import Any

import pulumi

from components.config.check import check
from components.config.stack_secrets import secrets_of
from components.package.args import VipstackArgs
from components.package.spelling import spelt
from components.plan.stack import plan_stack
from components.preflight.check import begin
from components.resources import type_tokens
from components.resources.outputs import outputs
from components.resources.refusals import refusals
from components.resources.stack import Stack, StackArgs


class Vipstack(pulumi.ComponentResource):
    """Highly available addresses on OpenStack, with all that serves behind them."""

    virtual_ips: pulumi.Output[dict[str, Any]]
    """By key: address, floating-ip, network, vrrp-instance, virtual-router-id, mac, directors."""
    failover_bounds: pulumi.Output[dict[str, Any]]
    """By virtual IP, in seconds: crash, clean-stop, link-down, and the allowance in them."""
    hosts: pulumi.Output[dict[str, Any]]
    """By key: name, role, features, server-id, addresses, ipv6-addresses, macs, floating-ips."""
    services: pulumi.Output[dict[str, Any]]
    """By name, what a probe may connect to: virtual-ip, address, port, last-port, protocol."""

    def __init__(self, name: str, args: VipstackArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with refusals():
            config = check(spelt(args))
            # A program may have several, and its stacks may share a project of the cloud.
            plan = plan_stack(f"{pulumi.get_stack()}-{name}", config)
            cloud = begin(plan).result()
        super().__init__(type_tokens.PACKAGE, name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        stack = Stack(plan.stack, StackArgs(plan, cloud, secrets_of(config)), child)
        exported = outputs(plan, stack)
        self.virtual_ips = pulumi.Output.from_input(exported["virtual-ips"])
        self.failover_bounds = pulumi.Output.from_input(exported["failover-bounds"])
        self.hosts = pulumi.Output.from_input(exported["hosts"])
        self.services = pulumi.Output.from_input(exported["services"])
        self.register_outputs({})
