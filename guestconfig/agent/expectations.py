"""What must be true of the guest before it is ready: /etc/vipstack/expect.json, compared with the running system.

Its form, all keys optional::

    {"units": ["keepalived.service"],
     "vrrp": [{"instance": "main"}],
     "ipvs": [{"protocol": "tcp", "address": "203.0.113.2", "port": 80,   or "mark": 8000
               "scheduler": "rr", "forwarding": "direct-routing", "table": "keepalived",
               "real_servers": [{"address": "203.0.113.21", "port": 80, "weight": 1}],
               "sorry_server": {"address": "203.0.113.9", "port": 80}}],
     "local_addresses": {"eth-vip": ["203.0.113.2"]},
     "listening": ["203.0.113.2:80"],
     "own_addresses": ["2001:db8::4"],
     "web": {"address": "203.0.113.2", "port": 80},
     "bonds": [{"bridge": "br-front", "nics": ["eth0", "eth1"], "address": "172.3.15.36"}],
     "routing": true,
     "moving_rules": [{"address": "203.0.113.2", "table": 102, "priority": 1020}]}

A director whose health checks found a real server dead is as planned: the missing one is a note, and so is a sorry
server that stands in. Real servers say for themselves whether they are ready.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any, cast

from guestconfig import paths
from guestconfig.agent import commands, ipvs, listeners, routing, vrrp
from guestconfig.agent.guest import Guest

# An address of IPv6 comes with the server's network data, once, at the first boot.
_NOT_TAKEN = "cloud-init did not take it from the server's network data"
_WEB_TIME_LIMIT = 10
_SERVER_ERROR = 500


def expected(text: bytes | str | None) -> dict[str, Any]:
    """The expectations in a file's text; none where there is no file."""
    return cast("dict[str, Any]", json.loads(text)) if text else {}


def units_of(expectations: dict[str, Any]) -> list[str]:
    """The units to run, less those that the channel may not name."""
    return [unit for unit in expectations.get("units", []) if unit in paths.UNITS]


def unmet(guest: Guest) -> tuple[list[str], list[str]]:
    """Compare.

    Returns:
        What is not as expected, and notes about what is not yet complete but no fault of this guest.
    """
    wanted = expected(guest.read(paths.EXPECTATIONS_PATH))
    notes: list[str] = []
    missing = [
        *_units(wanted.get("units", [])),
        *_local_addresses(wanted.get("local_addresses", {})),
        *_listening(guest, wanted.get("listening", [])),
        *_addresses(wanted.get("own_addresses", []), f"is on no interface: {_NOT_TAKEN}"),
        *_vrrp(guest, wanted.get("vrrp", [])),
        *_ipvs(guest, wanted.get("ipvs", []), notes),
        *_web(wanted.get("web")),
        *_bonds(wanted.get("bonds", [])),
        *_routing(guest, bool(wanted.get("routing"))),
        *_moving_rules(wanted.get("moving_rules", [])),
    ]
    return missing, notes


def _units(units: list[str]) -> Iterator[str]:
    known = [unit for unit in units if unit in paths.UNITS]
    for unit in units:
        if unit not in known:
            yield f"{unit} is not a unit that the channel may name"
    if known:
        # One word for each, in their order.
        _, states = commands.run(["systemctl", "is-active", *known])
        for unit, state in zip(known, [*states, *["unknown"] * len(known)]):
            if state != "active":
                yield f"{unit} is {state}"


def _local_addresses(by_interface: dict[str, list[str]]) -> Iterator[str]:
    for interface, addresses in by_interface.items():
        yield from _addresses(addresses, f"is not on {interface}", "dev", interface)


def _addresses(addresses: list[str], trouble: str, *where: str) -> Iterator[str]:
    if not addresses:
        return
    present = _shown("ip", "-o", "address", "show", *where)
    for address in addresses:
        if address not in present:
            yield f"{address} {trouble}"


def _shown(*command: str) -> set[str]:
    """The words of what ip-address(8) shows, addresses without their prefix."""
    _, lines = commands.run([*command])
    return {word.split("/")[0] for line in lines for word in line.split()}


def _listening(guest: Guest, endpoints: list[str]) -> Iterator[str]:
    if not endpoints:
        return
    present = {one for place in listeners.PLACES for one in listeners.parse((guest.read(place) or b"").decode())}
    for endpoint in endpoints:
        if endpoint not in present:
            yield f"nobody listens on {endpoint}"


def _vrrp(guest: Guest, instances: list[dict[str, str]]) -> Iterator[str]:
    if not instances:
        return
    states = vrrp.states(guest)
    for entry in instances:
        state = states.get(entry["instance"], "unknown to keepalived")
        if state not in ("MASTER", "BACKUP"):
            yield f"VRRP instance {entry['instance']} is {state}; MASTER or BACKUP is expected"


def _ipvs(guest: Guest, servers: list[dict[str, Any]], notes: list[str]) -> Iterator[str]:
    if not servers:
        return
    table = ipvs.parse((guest.read(ipvs.PROC) or b"").decode())
    for entry in servers:
        key = f"mark {entry['mark']}" if "mark" in entry else f"{entry['protocol']} {_endpoint(entry)}"
        server = table.get(key)
        if server is None:
            yield f"virtual server {key} is not in the IPVS table"
            continue
        if server.scheduler != entry["scheduler"]:
            yield f"virtual server {key} schedules by {server.scheduler}, not {entry['scheduler']}"
        checked = entry.get("table") == "keepalived"
        yield from _destinations(key, server, entry, notes if checked else None)


def _endpoint(place: dict[str, Any]) -> str:
    return ipvs.endpoint(place["address"], place["port"])


def _destinations(key: str, server: ipvs.Server, entry: dict[str, Any], notes: list[str] | None) -> Iterator[str]:
    weights = {_endpoint(real): int(real["weight"]) for real in entry.get("real_servers", [])}
    for endpoint, weight in weights.items():
        if endpoint not in server.weights:
            text = f"real server {endpoint} is not in the table of {key}"
            if notes is None:
                yield text
            else:
                notes.append(f"{text}: its health check has not succeeded")
        elif server.weights[endpoint] != weight:
            yield f"real server {endpoint} of {key} has weight {server.weights[endpoint]}, not {weight}"
        elif server.forwarding[endpoint] not in (entry.get("forwarding"), "local"):
            way = server.forwarding[endpoint]
            yield f"real server {endpoint} of {key} is reached by {way}, not {entry.get('forwarding')}"
    sorry = _endpoint(entry["sorry_server"]) if "sorry_server" in entry else None
    for endpoint in server.weights:
        if endpoint == sorry and notes is not None:
            notes.append(f"the sorry server {endpoint} stands in at {key}: there is no quorum of healthy real servers")
        elif endpoint not in weights:
            yield f"{endpoint} is in the table of {key}, but not in the plan"


def _web(web: dict[str, Any] | None) -> Iterator[str]:
    if not web:
        return
    where = ipvs.endpoint(web["address"], web["port"])
    connection = http.client.HTTPConnection(web["address"], web["port"], timeout=_WEB_TIME_LIMIT)
    try:
        connection.request("GET", "/")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        yield f"the web server on {where} does not answer: {error}"
    else:
        if status >= _SERVER_ERROR:
            yield f"the web server on {where} answers with status {status}"
    finally:
        connection.close()


def _bonds(bonds: list[dict[str, Any]]) -> Iterator[str]:
    for entry in bonds:
        bridge = entry["bridge"]
        _, joined = commands.run(["ovs-vsctl", "list-ifaces", bridge])
        _, lines = commands.run(["ip", "-4", "-o", "address", "show", "dev", bridge])
        if sorted(joined) != sorted(entry["nics"]):
            yield f"{bridge} joins {', '.join(joined) or 'nothing'}, not {', '.join(entry['nics'])}"
        if not any(f" {entry['address']}/" in line for line in lines):
            yield f"{entry['address']} is not on {bridge}"


def _routing(guest: Guest, wanted: bool) -> Iterator[str]:
    if not wanted:
        return
    present = routing.present()
    for line in routing.lines_of((guest.read(routing.CONFIG) or b"").decode()):
        if line not in present:
            yield f"the kernel lacks `{line}`"


def _moving_rules(tables: list[dict[str, Any]]) -> Iterator[str]:
    """A virtual IP and its rules come and go together."""
    if not tables:
        return
    held = _shown("ip", "-o", "address", "show")
    rules = routing.all_rules()
    for entry in tables:
        address, table, priority = entry["address"], entry["table"], int(entry["priority"])
        family = routing.SIX if ":" in address else routing.FOUR
        for line in (
            f"{family}rule from {address} table {table} priority {priority}",
            f"{family}rule to {address} table {table} priority {priority + 1}",
        ):
            if address in held and line not in rules:
                yield f"{address} is here without `{line}`"
            elif address not in held and line in rules:
                yield f"`{line}` is here without {address}"
