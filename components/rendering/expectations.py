"""What a guest's agent verifies before it reports ready: the plan, as far as one guest can see it.

JSON with the keys ``vrrp``, ``ipvs``, ``local_addresses``, ``web`` and ``units``; what a role has none of is empty. A
guest with IPv6 has ``own_addresses`` too, and a feature adds keys of its own (features.py).
Deliberately says nothing of how it is verified (guestconfig/agent).
"""

import json
from collections.abc import Iterable

from components.config.base import IPV6
from components.config.real_servers import WebServer
from components.config.services import Forwarding
from components.plan.forwarding import SAME_PORT, VirtualServer, virtual_ips_on
from components.plan.hosts import Host, Role, address_key
from components.plan.stack import Addresses, StackPlan
from components.plan.vrrp import VrrpInstance
from components.rendering.features import feature_expectations
from components.rendering.places import resolved
from components.rendering.real_server import INTERFACE, web_services

PATH = "/etc/vipstack/expect.json"

# The files that a unit of their own takes into use, and that unit.
UNIT_OF = {
    "/etc/keepalived/keepalived.conf": "keepalived.service",
    "/etc/nftables.conf": "nftables.service",
    "/etc/vipstack/bonds.conf": "vipstack-bonds.service",
    "/etc/vipstack/routing.conf": "vipstack-routing.service",
    "/etc/sysconfig/nftables.conf": "nftables.service",
    "/etc/firewalld/zones/public.xml": "firewalld.service",
    "/etc/vipstack/selinux.ports": "vipstack-selinux.service",
    "/etc/haproxy/haproxy.cfg": "haproxy.service",
    "/etc/rsyslog.d/30-vipstack-haproxy.conf": "rsyslog.service",
    "/etc/conntrackd/conntrackd.conf": "conntrackd.service",
    "/etc/vipstack/ipvs-sync.conf": "vipstack-ipvs-sync.service",
    "/etc/vipstack/ipvs.rules": "vipstack-ipvs.service",
    "/etc/vipstack/arp-silence.rules": "vipstack-arp-silence.service",
    "/etc/vipstack/eth-vip.conf": "vipstack-eth-vip.service",
    "/etc/apache2/ports.conf": "apache2.service",
}


def expectations(plan: StackPlan, host: Host, addresses: Addresses, paths: Iterable[str]) -> str:
    """The expectations of one guest, as the text of a JSON file.

    Args:
        plan: the stack's plan.
        host: the guest.
        addresses: of all ports.
        paths: the guest's other files.
    """
    director = host.role is Role.DIRECTOR
    real_server = host.role is Role.REAL_SERVER
    expected: dict[str, object] = {
        "vrrp": [_instance(plan, instance) for instance in plan.instances] if director else [],
        "ipvs": [_virtual_server(server, addresses) for server in plan.virtual_servers] if director else [],
        "local_addresses": _local_addresses(plan, host) if real_server else {},
        "web": _web(plan, host, addresses) if real_server else None,
        "units": sorted(UNIT_OF[path] for path in paths if path in UNIT_OF),
        **feature_expectations(plan, host, addresses),
    }
    own = [str(addresses[address_key(port.key, IPV6)]) for port in host.ports if port.ipv6]
    if own:
        expected["own_addresses"] = own
    return json.dumps(expected, indent=2) + "\n"


def _instance(plan: StackPlan, instance: VrrpInstance) -> dict[str, object]:
    """``interface`` is where a master has the virtual IPs: the virtual MAC's macvlan, or the NIC itself."""
    nic = plan.network(instance.network).interface
    return {
        "instance": instance.name,
        "interface": instance.interface if instance.virtual_mac else nic,
        "virtual_ips": [str(vip) for vip in instance.virtual_ips],
    }


def _local_addresses(plan: StackPlan, host: Host) -> dict[str, list[str]]:
    """The virtual IPs that a real server itself has, by their interface."""
    virtual_ips = [str(vip) for vip in virtual_ips_on(host.key, plan.virtual_servers)]
    return {INTERFACE[plan.guests.vip_interface]: virtual_ips} if virtual_ips else {}


def _virtual_server(server: VirtualServer, addresses: Addresses) -> dict[str, object]:
    """``table`` says who keeps it: ``keepalived`` takes real servers that fail out, a ``static`` table is complete.

    A range of ports is known by its ``mark``, anything else by protocol, address and port. With a ``sorry_server`` the
    table may hold that one instead.
    """
    known_by: dict[str, object] = {"mark": server.mark}
    if server.mark is None:
        address, port = str(server.addresses[0]), server.ports.first
        known_by = {"protocol": server.protocol.value, "address": address, "port": port}
    sorry = server.sorry_server
    return {
        **known_by,
        "scheduler": server.scheduler.value,
        "forwarding": server.forwarding.value,
        "table": server.table.value,
        "real_servers": [
            {"address": str(resolved(real.where, addresses)), "port": real.port, "weight": real.weight}
            for real in server.real_servers
        ],
        **({"sorry_server": {"address": str(sorry.address), "port": sorry.port}} if sorry else {}),
    }


def _web(plan: StackPlan, host: Host, addresses: Addresses) -> dict[str, object] | None:
    """Where the example web server must answer: the first service that it can serve."""
    if plan.guests.web_server is not WebServer.APACHE2:
        return None
    for server, real in web_services(plan, host):
        direct = server.forwarding is Forwarding.DIRECT_ROUTING
        address = server.addresses[0] if direct else resolved(real.where, addresses)
        return {"address": str(address), "port": server.ports.first if real.port == SAME_PORT else real.port}
    return None
