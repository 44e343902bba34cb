"""The servers of one role, placed apart by a server group where the plan says so.

One component for all roles: what tells a director from a real server is data of the plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_openstack import compute

from components.plan.hosts import Host, Role
from components.plan.stack import GuestOptions
from components.resources import type_tokens
from components.resources.guests import Guest
from components.resources.network import Attachment
from components.resources.ports import Ports
from components.resources.server import Server, ServerArgs


@dataclass(frozen=True)
class FleetArgs:
    """The hosts of a role, and ``group_name``, the name of their server group in Nova.

    ``guests`` by host key, ``images`` and ``flavors`` are ids by name, ``attachments`` by network key, ``behind`` the
    servers that must be ready first by host key. ``protected``: no director is deleted while that is said.
    """

    hosts: tuple[Host, ...]
    group_name: str
    guests: Mapping[str, Guest]
    options: GuestOptions
    images: Mapping[str, str]
    flavors: Mapping[str, str]
    ports: Ports
    attachments: Mapping[str, Attachment]
    behind: Mapping[str, Sequence[pulumi.Resource]]
    tags: tuple[str, ...]
    protected: bool


class Fleet(pulumi.ComponentResource):
    """The servers of a role; ``servers`` by host key."""

    servers: Mapping[str, Server]

    def __init__(self, name: str, args: FleetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_tokens.FLEET, name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        placements = {host.placement for host in args.hosts if host.placement}
        groups = {
            placement: compute.ServerGroup(f"{name}-{placement}", name=args.group_name, policies=placement, opts=child)
            for placement in sorted(placements)
        }
        self.servers = {
            host.key: Server(
                host.key,
                ServerArgs(
                    host=host,
                    guest=args.guests[host.key],
                    options=args.options,
                    image_id=args.images[host.image],
                    flavor_id=args.flavors[host.flavor],
                    server_group_id=groups[host.placement].id if host.placement else None,
                    ports=args.ports,
                    attachments=args.attachments,
                    behind=args.behind[host.key],
                    tags=args.tags,
                    protected=args.protected and host.role is Role.DIRECTOR,
                ),
                opts=child,
            )
            for host in args.hosts
        }
        self.register_outputs({})
