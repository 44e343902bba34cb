"""What a guest's agent verifies before it reports ready: the plan, as far as one guest can see it.

JSON with the keys ``vrrp``, ``ipvs``, ``local_addresses``, ``web`` and ``units``; what a role has none of is empty. A
feature adds keys of its own (features.py).
Deliberately says nothing of how it is verified (guestconfig/agent).
"""

import json
from collections.abc import Iterable

from components.config.real_servers import WebServer
from components.config.services import Protocol
from components.plan.forwarding import VirtualServer
from components.plan.hosts import Host, Role, address_key
from components.plan.stack import Addresses, StackPlan
from components.plan.vrrp import VrrpInstance
from components.rendering.features import feature_expectations

PATH = "/etc/vipstack/expect.json"

# The files that a unit of their own takes into use, and that unit.
UNIT_OF = {
    "/etc/keepalived/keepalived.conf": "keepalived.service",
    "/etc/nftables.conf": "nftables.service",
    "/etc/vipstack/routing.conf": "vipstack-routing.service",
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
        "local_addresses": list(dict.fromkeys(str(s.address) for s in plan.virtual_servers)) if real_server else [],
        "web": _web(plan) if real_server else None,
        "units": sorted(UNIT_OF[path] for path in paths if path in UNIT_OF),
        **feature_expectations(plan, host, addresses),
    }
    return json.dumps(expected, indent=2) + "\n"


def _instance(plan: StackPlan, instance: VrrpInstance) -> dict[str, object]:
    """``interface`` is where a master has the virtual IPs: the virtual MAC's macvlan, or the NIC itself."""
    nic = plan.network(instance.network).interface
    return {
        "instance": instance.name,
        "interface": instance.interface if instance.virtual_mac else nic,
        "virtual_ips": [str(vip) for vip in instance.virtual_ips],
    }


def _virtual_server(server: VirtualServer, addresses: Addresses) -> dict[str, object]:
    """``table`` says who keeps it: ``keepalived`` takes real servers that fail out, a ``static`` table is complete."""
    return {
        "protocol": server.protocol.value,
        "address": str(server.address),
        "port": server.port,
        "scheduler": server.scheduler.value,
        "table": server.table.value,
        "real_servers": [
            {
                "address": str(addresses[address_key(real.port, server.address.version)]),
                "port": server.port,
                "weight": real.weight,
            }
            for real in server.real_servers
        ],
    }


def _web(plan: StackPlan) -> dict[str, object] | None:
    """Where the example web server must answer: the first service that it can serve."""
    if plan.guests.web_server is not WebServer.APACHE2:
        return None
    served = (server for server in plan.virtual_servers if server.protocol is Protocol.TCP)
    return next(({"address": str(server.address), "port": server.port} for server in served), None)
