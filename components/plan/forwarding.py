"""Forwarding: which virtual servers there are, and which real servers stand behind each.

IPVS's own vocabulary is in the templates; here are the field's words.
"""

from dataclasses import dataclass

from components.config.base import IPAddress
from components.config.real_servers import RealServersConfig
from components.config.services import (
    Forwarding,
    HttpCheck,
    IpvsTable,
    Protocol,
    Scheduler,
    ServiceConfig,
    TcpCheck,
)


@dataclass(frozen=True)
class RealServer:
    """A real server as the directors see it: the key of its port, and its weight."""

    host: str
    port: str
    weight: int


@dataclass(frozen=True)
class VirtualServer:
    """A virtual server with its real servers, which for direct routing listen on the same port."""

    name: str
    address: IPAddress
    port: int
    protocol: Protocol
    forwarding: Forwarding
    scheduler: Scheduler
    check: TcpCheck | HttpCheck
    table: IpvsTable
    real_servers: tuple[RealServer, ...]


def plan_real_servers(config: RealServersConfig | None) -> tuple[RealServer, ...]:
    """Each real server with its own weight, else the common one."""
    if config is None:
        return ()
    weights = {key: config.weight if server.weight is None else server.weight for key, server in config.servers.items()}
    return tuple(
        RealServer(host=key, port=f"{key}-{config.network}", weight=weights.get(key, config.weight))
        for key in config.keys
    )


def plan_virtual_servers(
    services: dict[str, ServiceConfig],
    addresses: dict[str, IPAddress],
    real_servers: tuple[RealServer, ...],
) -> tuple[VirtualServer, ...]:
    """One virtual server for each service of the stack file."""
    return tuple(
        VirtualServer(
            name=name,
            address=addresses[service.virtual_ip],
            port=service.port,
            protocol=service.protocol,
            forwarding=service.forwarding,
            scheduler=service.scheduler,
            check=service.health_check,
            table=service.ipvs,
            real_servers=real_servers,
        )
        for name, service in services.items()
    )
