"""Allowed-address pairs: how many fit on a port.

Counts what components/plan/fleet.py will ask for; a test holds the two together, since knowledge flows from here
to there.
"""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at
from components.config.guests import PortSecurity

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
    served = {service.virtual_ip for service in draft.services.values()} & set(draft.virtual_ips)
    direct = {draft.virtual_ips[name].network for name in served}
    vips: dict[str, int] = {}
    for instance in draft.instances.values():
        for name in instance.virtual_ips:
            if name in draft.virtual_ips:
                network = draft.virtual_ips[name].network
                vips[network] = vips.get(network, 0) + 1
    if draft.directors and draft.vrrp:
        each = 2 if draft.vrrp.virtual_mac else 1
        for index, nic in enumerate(draft.directors.nics):
            if nic.network in direct and draft.directors.port_security is PortSecurity.DISABLED:
                continue
            anywhere = 1 if nic.network in direct else 0
            parts = f"a director needs {each} for a virtual IP" + (", and 1 for direct routing" if anywhere else "")
            yield at("directors", "nics", index), nic.network, vips.get(nic.network, 0) * each + anywhere, parts
    if draft.real_servers:
        yield (
            at("real-servers"),
            draft.real_servers.network,
            len(served),
            "a real server needs 1 for a served virtual IP",
        )
