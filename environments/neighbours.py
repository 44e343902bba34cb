"""What others have in the cloud that an environment must not take: ranges, addresses, virtual router IDs.

On a network of another project only what that project shows is seen; Neutron refuses an address that is taken.
"""

import re
from collections.abc import Mapping
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from components.config.base import AddressRange, AddressRange6, AnyRange, IPAddress, IPNetwork
from components.plan.stack import StackPlan
from components.plan.tags import STACK
from environments.errors import api_errors
from environments.ranges import Taken

# RFC 5798, 7.3: 00:00:5e:00:01:<VRID>, and 02 for IPv6.
_VIRTUAL_MAC = re.compile(r"00:00:5e:00:0[12]:([0-9a-f]{2})", re.IGNORECASE)


def look(connection: Any, plan: StackPlan) -> Taken:  # noqa: ANN401 - openstacksdk has no types
    """Ask Neutron; what bears the stack's own tag is held, not taken.

    Raises:
        EnvError: the cloud does not answer.
    """
    own = f"{STACK}{plan.stack}"
    held: dict[str, tuple[IPAddress | IPNetwork, ...]] = {}
    subnets: list[IPNetwork] = []
    addresses: dict[str, frozenset[IPAddress]] = {}
    router_ids: dict[str, frozenset[int]] = {}
    pools: dict[str, tuple[AnyRange, ...]] = {}
    with api_errors():
        for subnet in connection.network.subnets():
            cidr = ip_network(subnet.cidr)
            if own in (subnet.tags or ()):
                held[subnet.name] = (cidr,)
            else:
                subnets.append(cidr)
        for name in {network.name for network in plan.networks if network.existing}:
            [*found] = connection.network.networks(name=name)
            ports = [port for one in found for port in connection.network.ports(network_id=one.id)]
            pools[name] = tuple(
                _range(pool)
                for one in found
                for subnet in connection.network.subnets(network_id=one.id)
                for pool in subnet.allocation_pools
            )
            others = [port for port in ports if own not in (port.tags or ())]
            held |= {port.name: _addresses(port) for port in ports if port not in others}
            addresses[name] = frozenset(address for port in others for address in _addresses(port))
            router_ids[name] = frozenset(number for port in others for number in _router_ids(port))
    return Taken(tuple(subnets), addresses, router_ids, pools, held)


def _range(pool: Mapping[str, str]) -> AnyRange:
    first, last = ip_address(pool["start"]), ip_address(pool["end"])
    if isinstance(first, IPv4Address) and isinstance(last, IPv4Address):
        return AddressRange(first=first, last=last)
    return AddressRange6.model_validate({"first": first, "last": last})


def _addresses(port: Any) -> tuple[IPAddress, ...]:  # noqa: ANN401 - as above
    return tuple(ip_address(fixed["ip_address"]) for fixed in port.fixed_ips)


def _router_ids(port: Any) -> set[int]:  # noqa: ANN401 - as above
    macs = (str(pair.get("mac_address", "")) for pair in port.allowed_address_pairs or ())
    return {int(found[1], 16) for mac in macs if (found := _VIRTUAL_MAC.fullmatch(mac))}
