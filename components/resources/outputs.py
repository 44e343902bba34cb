"""The stack's outputs: a stable schema in kebab-case that drills, scripts and other stacks read.

``virtual-ips``: by key ``address``, ``floating-ip`` (or null), ``network``, ``peer-network`` (of the adverts),
``vrrp-instance``, ``virtual-router-id``, ``mac`` (the virtual MAC, null where the directors' own serve), ``directors``
(host keys, the first is preferred).
``failover-bounds``: by virtual IP, in seconds, ``crash``, ``clean-stop``, ``link-down`` and the ``allowance`` that all
include.
``hosts``: by key ``name``, ``role``, ``features``, ``server-id``, ``addresses``, ``ipv6-addresses``, ``macs`` and
``floating-ips`` (each by network).
``services``: by name ``virtual-ip``, ``address``, ``port``, ``last-port`` (the same but for a range), ``protocol``:
what a probe may connect to. One that has several virtual IPs is there once for each, as ``<name>-<virtual IP>``; a
load balancer's frontend once for each listener, as ``<name>-<virtual IP>-<port>``.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pulumi

from components.config.services import Protocol
from components.plan.hosts import address_key
from components.plan.stack import StackPlan
from components.resources.stack import Stack


def export(plan: StackPlan, stack: Stack) -> None:
    """Export the outputs of a stack that was made from the plan."""
    for name, value in outputs(plan, stack).items():
        pulumi.export(name, value)


def outputs(plan: StackPlan, stack: Stack) -> Mapping[str, Any]:
    """The outputs by name."""
    return {
        "virtual-ips": _virtual_ips(plan, stack),
        "failover-bounds": _failover_bounds(plan),
        "hosts": _hosts(plan, stack),
        "services": _services(plan),
    }


def _virtual_ips(plan: StackPlan, stack: Stack) -> dict[str, Any]:
    instances = {instance.name: instance for instance in plan.instances}
    return {
        vip.key: {
            "address": str(vip.address),
            "floating-ip": stack.virtual_ips[vip.key].floating_ip,
            "network": vip.network,
            "peer-network": instances[vip.instance].peer_network,
            "vrrp-instance": vip.instance,
            "virtual-router-id": instances[vip.instance].virtual_router_id,
            "mac": instances[vip.instance].virtual_mac,
            "directors": list(instances[vip.instance].directors),
        }
        for vip in plan.virtual_ips
    }


def _services(plan: StackPlan) -> dict[str, Any]:
    names = {vip.address: vip.key for vip in plan.virtual_ips}
    served = [(server, address) for server in plan.virtual_servers for address in server.addresses]
    several = {name for name, count in Counter(server.service for server, _ in served).items() if count > 1}
    services = {
        f"{server.service}-{names[address]}" if server.service in several else server.service: {
            "virtual-ip": names[address],
            "address": str(address),
            "port": server.ports.first,
            "last-port": server.ports.last,
            "protocol": server.protocol.value,
        }
        for server, address in served
    }
    return services | _frontends(plan)


def _frontends(plan: StackPlan) -> dict[str, Any]:
    names = {vip.address: vip.key for vip in plan.virtual_ips}
    return {
        f"{frontend.name}-{names[one.address]}-{one.config.port}": {
            "virtual-ip": names[one.address],
            "address": str(one.address),
            "port": one.config.port,
            "last-port": one.config.port,
            "protocol": Protocol.TCP.value,
        }
        for frontend in (plan.load_balancer.frontends if plan.load_balancer else ())
        for one in frontend.listeners
    }


def _failover_bounds(plan: StackPlan) -> dict[str, Any]:
    instances = {instance.name: instance for instance in plan.instances}
    return {
        vip.key: {
            **instances[vip.instance].failover_bounds,
            "allowance": instances[vip.instance].bound.allowance,
        }
        for vip in plan.virtual_ips
    }


def _hosts(plan: StackPlan, stack: Stack) -> dict[str, Any]:
    return {
        host.key: {
            "name": host.name,
            "role": host.role.value,
            "features": [feature.value for feature in host.features],
            "server-id": stack.servers[host.key].server_id,
            "addresses": {port.network: stack.ports.addresses[port.key] for port in host.ports},
            "ipv6-addresses": {
                port.network: stack.ports.addresses[address_key(port.key, 6)] for port in host.ports if port.ipv6
            },
            "macs": {port.network: stack.ports.macs[port.key] for port in host.ports},
            "floating-ips": stack.servers[host.key].floating_ips,
        }
        for host in plan.hosts
    }
