"""Where somebody is, in the words that daemons share: addresses that only Neutron knew, endpoints, ranges of ports."""

from typing import TypeVar

from components.config.base import IPAddress, IPNetwork
from components.plan.firewall import PortAddress
from components.plan.hosts import address_key
from components.plan.stack import Addresses

Known = TypeVar("Known", IPAddress, IPAddress | IPNetwork)


def resolved(place: PortAddress | Known, addresses: Addresses) -> IPAddress | Known:
    """The address of a port of the stack; what is an address or a subnet already, as it is."""
    return addresses[address_key(place.port, place.version)] if isinstance(place, PortAddress) else place


def endpoint(address: IPAddress, port: int) -> str:
    """An address with a port, as HAProxy, ipvsadm and URLs write it (RFC 3986, 3.2.2)."""
    return f"{bracketed(address)}:{port}"


def bracketed(address: IPAddress) -> str:
    """An address as it stands before a colon and a port."""
    return f"[{address}]" if ":" in str(address) else str(address)


def port_words(ports: tuple[int, int] | None) -> str | None:
    """A closed range of ports as nft and firewalld write it, one port alone; None for all."""
    return None if ports is None else "-".join(str(port) for port in dict.fromkeys(ports))
