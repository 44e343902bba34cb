"""Allowed-address pairs: how many fit on a port.

Counts what components/plan/fleet.py will ask for; a test holds the two together, since knowledge flows from here
to there.
"""

from collections.abc import Iterator

from components.config.base import IPV6
from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.guests import PortSecurity
from components.config.services import Forwarding, forwarding_networks

# Neutron's default of max_allowed_address_pair; no API tells a cloud's own value.
MOST_PAIRS = 10


def pairs_fit_on_a_port(draft: Draft) -> Iterator[Finding]:
    """Neutron refuses the port otherwise, after half of the stack has been created."""
    for where, network, count, parts in _ports(draft):
        if count > MOST_PAIRS:
            yield Finding(
                where,
                f"each port on network {network} needs {count} allowed-address pairs",
                f"Neutron takes {MOST_PAIRS} by default; {parts}",
                "Use fewer virtual IPs on the network",
            )


def _ports(draft: Draft) -> Iterator[tuple[str, str, int, str]]:
    forwarding = forwarding_networks(draft.services, draft.virtual_ips, draft.real_servers)
    if draft.directors and draft.vrrp:
        each = 2 if draft.vrrp.virtual_mac else 1
        of_vips, spoken = _of_instances(draft, each)
        for index, nic in enumerate(draft.directors.nics):
            if nic.network in forwarding and draft.directors.port_security is PortSecurity.DISABLED:
                continue
            anywhere = len(spoken) if nic.network in forwarding else 0
            parts = f"a director needs {each} for a virtual IP"
            parts += ", 1 for an instance of IPv6" if IPV6 in spoken else ""
            parts += f", and {anywhere} for forwarding" if anywhere else ""
            yield at("directors", "nics", index), nic.network, of_vips.get(nic.network, 0) + anywhere, parts
    if draft.real_servers and draft.real_servers.own_keys:
        served = _most_served(draft, draft.real_servers.own_keys)
        parts = "a real server needs 1 for a virtual IP that it serves by direct routing"
        yield at("real-servers"), draft.real_servers.network, served, parts


def _most_served(draft: Draft, own_keys: tuple[str, ...]) -> int:
    """How many virtual IPs the busiest real server has; most services are served by all."""
    direct = [s for s in draft.services.values() if s.forwarding is Forwarding.DIRECT_ROUTING]
    by_all = {vip for service in direct if not service.real_servers for vip in service.vips} & set(draft.virtual_ips)
    by_some: dict[str, set[str]] = {}
    for service in direct:
        for key in service.real_servers:
            by_some.setdefault(key, set()).update(set(service.vips) & set(draft.virtual_ips))
    return max(len(by_all | by_some.get(key, set())) for key in own_keys) if by_some else len(by_all)


def _of_instances(draft: Draft, each: int) -> tuple[dict[str, int], set[int]]:
    """By network the pairs that virtual IPs need, with each IPv6 instance's link-local one; and the families."""
    pairs: dict[str, int] = {}
    families = {4}
    for instance in draft.instances.values():
        known = [draft.virtual_ips[name] for name in instance.virtual_ips if name in draft.virtual_ips]
        for vip in known:
            pairs[vip.network] = pairs.get(vip.network, 0) + each
            families.add(vip.address.version)
        if known and known[0].address.version == IPV6:
            pairs[known[0].network] += 1
    return pairs, families
