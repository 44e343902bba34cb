"""Floating IPs: Neutron routes them only through a router between their network and the port's."""

from collections.abc import Iterator

from components.config.draft import Draft
from components.config.errors import Finding, at


def _wishes(draft: Draft) -> Iterator[tuple[str, str, str]]:
    """Each wish for floating IPs: where, from which external network, for ports on which network."""
    for name, vip in draft.virtual_ips.items():
        if vip.floating_ip:
            yield at("virtual-ips", name, "floating-ip"), vip.floating_ip, vip.network
    directors = draft.directors
    if directors and directors.floating_ips:
        yield at("directors", "floating-ips"), directors.floating_ips, directors.nics[0].network
    if draft.real_servers and draft.real_servers.floating_ips:
        yield at("real-servers", "floating-ips"), draft.real_servers.floating_ips, draft.real_servers.network
    if draft.observer and draft.observer.floating_ips:
        yield at("observer", "floating-ips"), draft.observer.floating_ips, draft.observer.network


def floating_ips_have_a_way_in(draft: Draft) -> Iterator[Finding]:
    """On a created network the router is ours to say; on an existing one it is the cloud's to know."""
    for where, external, name in _wishes(draft):
        network = draft.networks.get(name)
        if network is None or network.existing is not None:
            continue
        router = at("networks", name, "router")
        if network.router is None:
            got = f"network {name} has no router"
            remedy = f"Add {router}: {{ external-network: {external} }}, or remove the floating IP"
        elif network.router.external_network != external:
            got = f"the router of network {name} leads to {network.router.external_network}, not to {external}"
            remedy = f"Take floating IPs from {network.router.external_network}, or change {router}"
        else:
            continue
        allowed = (
            "Neutron routes a floating IP only through a router between its external network and the port's network"
        )
        yield Finding(where, got, allowed, remedy)
