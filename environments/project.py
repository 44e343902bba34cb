"""The cloud's project: every resource that a stack could have there, and orders to change one.

Deliberately decides nothing. Looks at its own project alone, also as an administrator, who sees all.
"""

from collections.abc import Iterator
from typing import Any

from environments.errors import api_errors
from environments.inventory import Kind, Thing

_ROUTER_PORTS = ("network:router_interface", "network:ha_router_replicated_interface")


class Project:
    """One project of one cloud."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - openstacksdk has no types
        """Take a connection of openstacksdk."""
        self.connection = connection

    @classmethod
    def of_environment(cls) -> "Project":
        """The one that OS_CLOUD and its like name.

        Raises:
            EnvError: the cloud does not let us in.
        """
        import openstack  # noqa: PLC0415 - see api_errors

        with api_errors():
            connection: Any = openstack.connect()
            connection.authorize()
            return cls(connection)

    def things(self) -> tuple[Thing, ...]:
        """Everything that a stack could have, whosever it is.

        Raises:
            EnvError: the cloud does not answer.
        """
        with api_errors():
            return tuple(self._things())

    def _things(self) -> Iterator[Thing]:
        compute, network = self.connection.compute, self.connection.network
        own: dict[str, Any] = {"project_id": self.connection.current_project_id}
        for server in compute.servers():
            yield Thing(Kind.SERVER, server.id, server.name, tuple(server.tags or ()))
        for group in compute.server_groups():
            yield Thing(Kind.SERVER_GROUP, group.id, group.name)
        for ip in network.ips(**own):
            yield Thing(Kind.FLOATING_IP, ip.id, ip.floating_ip_address, tuple(ip.tags or ()))
        for kind, found in (
            (Kind.PORT, network.ports(**own)),
            (Kind.ROUTER, network.routers(**own)),
            (Kind.SUBNET, network.subnets(**own)),
            (Kind.NETWORK, network.networks(**own)),
            (Kind.SECURITY_GROUP, network.security_groups(**own)),
        ):
            for one in found:
                yield Thing(kind, one.id, one.name or "", tuple(one.tags or ()))

    def retag(self, thing: Thing, tags: tuple[str, ...]) -> None:
        """Let these be all the tags of a resource.

        Raises:
            EnvError: the cloud refuses.
        """
        with api_errors():
            session, found = self._fetched(thing)
            found.set_tags(session, list(tags))

    def _fetched(self, thing: Thing) -> tuple[Any, Any]:
        compute, network = self.connection.compute, self.connection.network
        if thing.kind is Kind.SERVER:
            return compute, compute.get_server(thing.id)
        ask = {
            Kind.FLOATING_IP: network.get_ip,
            Kind.PORT: network.get_port,
            Kind.ROUTER: network.get_router,
            Kind.SUBNET: network.get_subnet,
            Kind.NETWORK: network.get_network,
            Kind.SECURITY_GROUP: network.get_security_group,
        }
        return network, ask[thing.kind](thing.id)

    def delete(self, thing: Thing) -> str | None:
        """Ask for the deletion; what the cloud says where the resource is in use, else None. One that is gone is fine.

        Raises:
            EnvError: the cloud refuses for another reason.
        """
        from openstack.exceptions import ConflictException, NotFoundException  # noqa: PLC0415 - see api_errors

        compute, network = self.connection.compute, self.connection.network
        orders = {
            Kind.SERVER: compute.delete_server,
            Kind.SERVER_GROUP: compute.delete_server_group,
            Kind.FLOATING_IP: network.delete_ip,
            Kind.PORT: network.delete_port,
            Kind.ROUTER: self._delete_router,
            Kind.SUBNET: network.delete_subnet,
            Kind.NETWORK: network.delete_network,
            Kind.SECURITY_GROUP: network.delete_security_group,
        }
        with api_errors():
            try:
                orders[thing.kind](thing.id)
            except ConflictException as error:
                return " ".join(str(error.details or error).split())
            except NotFoundException:
                return None  # it went meanwhile, or a part of it
        return None

    def _delete_router(self, router: str) -> None:
        """Its interfaces first: Neutron keeps a router that has one, and a network whose port it is."""
        network = self.connection.network
        for port in network.ports(device_id=router):
            if port.device_owner.startswith(_ROUTER_PORTS):
                # By position: the SDK renames these arguments between versions.
                network.remove_interface_from_router(router, None, port.id)
        network.delete_router(router)
