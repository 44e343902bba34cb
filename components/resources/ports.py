"""The ports of the stack's servers, each a resource of its own, so that an address outlives the instance.

Groups and pairs are set here and nowhere else: an instance that names groups as well would overwrite these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address

import pulumi
from pulumi_openstack import networking

from components.config.base import IPAddress
from components.plan.hosts import AddressPair, Leg, Port, address_key
from components.plan.networks import NetworkPlan
from components.preflight.cloud_facts import PORT_SECURITY
from components.resources import type_tokens
from components.resources.network import Attachment


@dataclass(frozen=True)
class PortsArgs:
    """The ports to make; ``attachments`` and ``networks`` by network key, ``security_groups`` by group key.

    ``extensions`` are Neutron's.
    """

    ports: tuple[Port, ...]
    legs: tuple[Leg, ...]
    attachments: Mapping[str, Attachment]
    networks: Mapping[str, NetworkPlan]
    security_groups: Mapping[str, pulumi.Output[str]]
    extensions: frozenset[str]
    tags: tuple[str, ...]


class Ports(pulumi.ComponentResource):
    """All server ports of the stack.

    Attributes:
        ids: Neutron's ids, by the port's key.
        macs: the MACs, by the port's key.
        addresses: those of each, by ``address_key``: the plan's where it chose one, else Neutron's.
    """

    ids: Mapping[str, pulumi.Output[str]]
    macs: Mapping[str, pulumi.Output[str]]
    addresses: Mapping[str, pulumi.Input[str]]

    def __init__(self, name: str, args: PortsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_tokens.PORTS, name, None, opts)
        # A port holds its address until it is gone.
        child = pulumi.ResourceOptions(parent=self, delete_before_replace=True)
        made = {port.key: _port(port, args, child) for port in args.ports}
        legs = {leg.key: _leg(leg, args, child) for leg in args.legs}
        self.ids = {key: port.id for key, port in (made | legs).items()}
        self.macs = {key: port.mac_address for key, port in (made | legs).items()}
        self.addresses = {
            address_key(port.key, version): str(address) if address else _chosen(made[port.key], version)
            for port in args.ports
            for version, address in _wanted(port)
        }
        self.register_outputs({})


def _port(port: Port, args: PortsArgs, opts: pulumi.ResourceOptions) -> networking.Port:
    attachment = args.attachments[port.network]
    return networking.Port(
        port.key,
        name=port.name,
        network_id=attachment.network_id,
        fixed_ips=[
            networking.PortFixedIpArgs(
                subnet_id=attachment.subnet_of(version), ip_address=str(address) if address else None
            )
            for version, address in _wanted(port)
        ],
        # With port security off Neutron refuses groups and pairs, the project's default group included.
        port_security_enabled=_security(port, args.extensions),
        no_security_groups=None if port.security else True,
        security_group_ids=[args.security_groups[key] for key in port.security_groups] if port.security else None,
        allowed_address_pairs=[_pair(pair) for pair in port.pairs] or None,
        extra_dhcp_options=_dhcp_options(port, args.networks[port.network]) or None,
        tags=args.tags,
        opts=opts,
    )


def _security(port: Port, extensions: frozenset[str]) -> bool | None:
    """Said aloud where there are pairs: without a word the provider leaves a port as it is, which may be off.

    Not where it need not be said: on somebody else's network Neutron lets nobody say it, be it what is so anyway. Pairs
    need the same right there (its default policy for ``port_security_enabled`` and ``allowed_address_pairs``).
    """
    if not port.security:
        return False
    return True if port.pairs and PORT_SECURITY in extensions else None


def _leg(leg: Leg, args: PortsArgs, opts: pulumi.ResourceOptions) -> networking.Port:
    return networking.Port(
        leg.key,
        name=leg.name,
        network_id=args.attachments[leg.network].network_id,
        no_fixed_ip=True,
        port_security_enabled=False,
        no_security_groups=True,
        tags=args.tags,
        opts=opts,
    )


def _wanted(port: Port) -> tuple[tuple[int, IPAddress | None], ...]:
    """Each family of the port with the address that the plan chose."""
    return ((4, port.address), *([(6, port.ipv6_address)] if port.ipv6 else []))


def _chosen(port: networking.Port, version: int) -> pulumi.Output[str]:
    """The address of a family that Neutron chose; it lists a port's addresses in no promised order."""
    return port.all_fixed_ips.apply(lambda found: next(ip for ip in found if ip_address(ip).version == version))


def _dhcp_options(port: Port, network: NetworkPlan) -> list[networking.PortExtraDhcpOptionArgs]:
    options: dict[str, str] = {}
    if network.search_domain:
        options["domain-search"] = network.search_domain
    if not port.way_out:
        # A guest that is told any route in this way ignores the gateway (RFC 3442): here its own link, and no more.
        # Both options could be blank for Neutron, but the provider refuses to send an empty value.
        options["classless-static-route"] = f"{network.cidr},0.0.0.0"
    return [networking.PortExtraDhcpOptionArgs(name=name, value=value) for name, value in options.items()]


def _pair(pair: AddressPair) -> networking.PortAllowedAddressPairArgs:
    """A single address without its /32: Neutron answers so, and the provider compares the literal text."""
    single = pair.address.prefixlen == pair.address.max_prefixlen
    return networking.PortAllowedAddressPairArgs(
        ip_address=str(pair.address.network_address if single else pair.address), mac_address=pair.mac
    )
