"""A server: the instance, its floating IPs, and its guest's configuration up to the report that it is ready.

An edit never rebuilds, resizes or replaces a live server behind the operator's back: image, flavor and the constant
bootstrap are those of the server's creation, preflight says where they have fallen behind, and
``pulumi up --replace URN`` (one director at a time) brings them up to date. Only with ``delivery: user-data`` the
guest's files are in the user data, whose change replaces the server: that is this delivery's price.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_openstack import compute, networking

from components.config.stack import Delivery
from components.plan.hosts import Host
from components.plan.stack import GuestOptions
from components.resources import type_tokens
from components.resources.guests import Guest
from components.resources.network import Attachment
from components.resources.ports import Ports
from guestconfig.configuration import Configuration, ConfigurationArgs

# Nova rebuilds in place for a new image and reboots for a new flavor, both directors at once; see above.
_OF_CREATION = ("image_id", "flavor_id")


@dataclass(frozen=True)
class ServerArgs:
    """A host and all that it needs; ``attachments`` by network key, ``behind`` the servers that are ready before it."""

    host: Host
    guest: Guest
    options: GuestOptions
    image_id: str
    flavor_id: str
    server_group_id: pulumi.Input[str] | None
    ports: Ports
    attachments: Mapping[str, Attachment]
    behind: Sequence[pulumi.Resource]
    tags: tuple[str, ...]
    protected: bool


class Server(pulumi.ComponentResource):
    """A server whose guest has reported ready.

    Attributes:
        server_id: Nova's id.
        floating_ips: by the network's key.
    """

    server_id: pulumi.Output[str]
    floating_ips: Mapping[str, pulumi.Output[str]]

    def __init__(self, name: str, args: ServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_tokens.SERVER, name, None, opts)
        host = args.host
        channel = args.options.delivery is Delivery.CHANNEL
        instance = compute.Instance(
            name,
            name=host.name,
            image_id=args.image_id,
            flavor_id=args.flavor_id,
            availability_zone=host.availability_zone,
            key_pair=args.options.keypair,
            user_data=args.guest.user_data,
            networks=[compute.InstanceNetworkArgs(port=args.ports.ids[port.key]) for port in (*host.ports, *host.legs)],
            scheduler_hints=[compute.InstanceSchedulerHintArgs(group=args.server_group_id)]
            if args.server_group_id
            else None,
            tags=args.tags,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protected,
                # A port serves one instance at a time.
                delete_before_replace=True,
                # A guest asks for its packages and its metadata as soon as it boots.
                depends_on=[
                    *(ready for port in host.ports for ready in args.attachments[port.network].ready),
                    *args.behind,
                ],
                ignore_changes=[*_OF_CREATION, *(["user_data"] if channel else [])],
            ),
        )
        self.server_id = instance.id
        self.floating_ips = {
            port.network: networking.FloatingIp(
                port.key,
                pool=port.floating_ip,
                port_id=args.ports.ids[port.key],
                tags=args.tags,
                # Neutron associates it only with what its router reaches.
                opts=pulumi.ResourceOptions(parent=self, depends_on=list(args.attachments[port.network].ready)),
            ).address
            for port in host.ports
            if port.floating_ip
        }
        Configuration(
            name,
            ConfigurationArgs(
                host=host.name,
                role=host.role.value,
                server_id=instance.id,
                delivery=args.options.delivery.value,
                files=args.guest.files,
                interfaces=args.guest.interfaces,
                deadline=args.options.ready_timeout,
            ),
            # Its metadata goes with the server.
            opts=pulumi.ResourceOptions(parent=self, deleted_with=instance),
        )
        self.register_outputs({})
