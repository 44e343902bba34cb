"""``services.<name>.sorry-server``: a host of its own that the directors reach as they reach the real servers."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.config.base import IPAddress
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.rules.addresses import owners_on_directors
from components.config.services import Forwarding, ServiceConfig


@dataclass(frozen=True)
class _Named:
    """An address of a service's sorry server, and where the file says it."""

    where: str
    address: IPAddress
    service: ServiceConfig
    forwarding: Forwarding


def _sorry_servers(draft: Draft) -> Iterator[_Named]:
    for name, service in draft.services.items():
        if sorry := service.sorry_server:
            for key, address in sorry.addresses.items():
                where = at("services", name, "sorry-server", key)
                yield _Named(where, address, service, sorry.forwarding or service.forwarding)


def sorry_server_is_of_its_services_families(draft: Draft) -> Iterator[Finding]:
    """A virtual server of one family has a sorry server of that family: keepalived skips any other."""
    for name, service in draft.services.items():
        sorry = service.sorry_server
        if sorry is None or not service.vips or not draft.virtual_ips.keys() >= set(service.vips):
            continue
        where = at("services", name, "sorry-server")
        # The first virtual IP of each family.
        served = {draft.virtual_ips[key].address.version: key for key in reversed(service.vips)}
        own = {address.version for address in sorry.addresses.values()}
        for key, address in sorry.addresses.items():
            if address.version not in served:
                yield Finding(
                    f"{where}.{key}",
                    f"{address} is IPv{address.version}, and none of the service's virtual IPs is",
                    "keepalived takes a sorry server of the virtual IP's own family, and skips any other",
                    f"Name its address of IPv{min(served)}" if address is sorry.address else "Remove the key",
                )
        if len(own) < len(sorry.addresses):
            yield Finding(
                f"{where}.address",
                f"{sorry.address} is IPv6, and so is ipv6-address",
                "A sorry server has one address of each family",
                "Give its IPv4 address here, or remove one of the two",
            )
        elif served.keys() > own:
            [missing] = served.keys() - own
            yield Finding(
                where,
                f"virtual IP {served[missing]} is IPv{missing}, and the sorry server has no such address",
                "keepalived takes a sorry server of the virtual IP's own family, and skips any other",
                "Give both: IPv4 as address, IPv6 as ipv6-address",
            )


def sorry_server_is_somebody_else(draft: Draft) -> Iterator[Finding]:
    """Who stands in must be up when all others are down."""
    directors, servers = owners_on_directors(draft), draft.real_servers.servers if draft.real_servers else {}
    real_servers = {address: key for key, own in servers.items() for address in own.addresses.values()}
    for sorry in _sorry_servers(draft):
        real = real_servers.get(sorry.address)
        if sorry.address in directors:
            yield Finding(
                sorry.where,
                f"{sorry.address} is {directors[sorry.address]}",
                "A sorry server is reached at an address of its own, or its packets come back to the directors",
                "Name another server",
            )
        elif real and (not sorry.service.real_servers or real in sorry.service.real_servers):
            yield Finding(
                sorry.where,
                f"{sorry.address} is real server {real}",
                "The sorry server answers when the real servers do not, so it is none of them",
                "Name another server",
            )


def sorry_server_can_be_reached(draft: Draft) -> Iterator[Finding]:
    """On the virtual IP's network with direct routing, on the real servers' with NAT: as they are."""
    virtual = {vip.address for vip in draft.virtual_ips.values()}
    for sorry in _sorry_servers(draft):
        if sorry.forwarding is Forwarding.NAT:
            keys = [draft.real_servers.network] if draft.real_servers else []
            why = "With nat its replies come back by the directors as the real servers' do, from the same network"
        else:
            vips = [draft.virtual_ips[key] for key in sorry.service.vips if key in draft.virtual_ips]
            keys = [vip.network for vip in vips if vip.address.version == sorry.address.version]
            why = "Direct routing changes only a packet's MAC address, so it is on the virtual IP's network"
        # Real servers by direct routing are on the virtual IP's network, where nat does not do.
        other = ", or another forwarding for it" if Forwarding.NAT in sorry.service.ways else ""
        for key in dict.fromkeys(key for key in keys if key in draft.networks):
            subnet = draft.networks[key].subnet_of(sorry.address.version) or draft.networks[key].subnet
            if sorry.address not in subnet.cidr:
                yield Finding(
                    sorry.where,
                    f"{sorry.address} is not on network {key}, {subnet.cidr}",
                    why,
                    f"Choose a server on {key}{other}",
                )
            elif not subnet.is_host(sorry.address) or (
                sorry.address == subnet.gateway and sorry.address not in virtual
            ):
                whose = (
                    f"the gateway of network {key}" if subnet.is_host(sorry.address) else f"no host of {subnet.cidr}"
                )
                yield Finding(
                    sorry.where,
                    f"{sorry.address} is {whose}",
                    "A sorry server is a server on that network, which takes the connections",
                    "Name such a server",
                )
