"""What must be true of the guest before it is ready: /etc/vipstack/expect.json, compared with the running system.

Its form, all keys optional::

    {"units": ["keepalived.service"],
     "vrrp": [{"instance": "main"}],
     "ipvs": [{"protocol": "tcp", "address": "203.0.113.2", "port": 80, "scheduler": "rr", "table": "keepalived",
               "real_servers": [{"address": "203.0.113.21", "port": 80, "weight": 1}]}],
     "local_addresses": ["203.0.113.2"],
     "web": {"address": "203.0.113.2", "port": 80},
     "routing": true,
     "moving_rules": [{"address": "203.0.113.2", "table": 102, "priority": 1020}]}

A director whose health checks found a real server dead is as planned: the missing one is a note. Real servers say for
themselves whether they are ready.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable, Iterator
from typing import Any, cast

from guestconfig import paths
from guestconfig.agent import commands, ipvs, routing, vrrp
from guestconfig.agent.guest import Guest

# Where a real server has the virtual IPs.
_DUMMY = "eth-vip"
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
        *_local_addresses(wanted.get("local_addresses", [])),
        *_vrrp(guest, wanted.get("vrrp", [])),
        *_ipvs(guest, wanted.get("ipvs", []), notes),
        *_web(wanted.get("web")),
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


def _local_addresses(addresses: list[str]) -> Iterator[str]:
    if not addresses:
        return
    _, lines = commands.run(["ip", "-4", "-o", "address", "show", "dev", _DUMMY])
    present = {word.split("/")[0] for line in lines for word in line.split()}
    for address in addresses:
        if address not in present:
            yield f"{address} is not on {_DUMMY}"


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
        key = f"{entry['protocol']} {entry['address']}:{entry['port']}"
        server = table.get(key)
        if server is None:
            yield f"virtual server {key} is not in the IPVS table"
            continue
        if server.scheduler != entry["scheduler"]:
            yield f"virtual server {key} schedules by {server.scheduler}, not {entry['scheduler']}"
        checked = entry.get("table") == "keepalived"
        yield from _destinations(key, server, _weights(entry), notes if checked else None)


def _weights(entry: dict[str, Any]) -> dict[str, int]:
    return {f"{real['address']}:{real['port']}": int(real["weight"]) for real in entry.get("real_servers", [])}


def _destinations(key: str, server: ipvs.Server, weights: dict[str, int], notes: list[str] | None) -> Iterator[str]:
    for endpoint, weight in weights.items():
        if endpoint not in server.weights:
            text = f"real server {endpoint} is not in the table of {key}"
            if notes is None:
                yield text
            else:
                notes.append(f"{text}: its health check has not succeeded")
        elif server.weights[endpoint] != weight:
            yield f"real server {endpoint} of {key} has weight {server.weights[endpoint]}, not {weight}"
    yield from _strangers(key, server.weights, weights)


def _strangers(key: str, present: Iterable[str], planned: dict[str, int]) -> Iterator[str]:
    for endpoint in present:
        if endpoint not in planned:
            yield f"{endpoint} is in the table of {key}, but not in the plan"


def _web(web: dict[str, Any] | None) -> Iterator[str]:
    if not web:
        return
    where = f"{web['address']}:{web['port']}"
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
    _, lines = commands.run(["ip", "-4", "-o", "address", "show"])
    held = {word.split("/")[0] for line in lines for word in line.split()}
    rules = routing.all_rules()
    for entry in tables:
        address, table, priority = entry["address"], entry["table"], int(entry["priority"])
        for line in (
            f"rule from {address} table {table} priority {priority}",
            f"rule to {address} table {table} priority {priority + 1}",
        ):
            if address in held and line not in rules:
                yield f"{address} is here without `{line}`"
            elif address not in held and line in rules:
                yield f"`{line}` is here without {address}"
