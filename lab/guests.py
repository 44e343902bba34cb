"""The lab's guests by their server's name: where each runs, and its agent.

Asks Nova as the lab's admin, then talks through libvirt in that compute host's room: no network of the guest's, no
key. What the agent can do is guest_agent.py's.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import cast
from urllib.parse import quote

from lab.admin_api import AdminApi, Json
from lab.errors import LabError
from lab.guest_agent import GuestAgent
from lab.laboratory import Laboratory
from lab.layout import Layout
from lab.rooms import Rooms
from lab.waiting import wait_for

_ATTRIBUTES = "OS-EXT-SRV-ATTR:"
_ANSWER_SECONDS = 10  # libvirt's patience with one answer; a busy emulated guest takes seconds
_START = re.compile(r"^\s*\{", re.MULTILINE)
_REFUSED = re.compile(r"unable to execute QEMU agent command '[a-z-]+': (.*)")


@dataclass(frozen=True)
class Placement:
    """Where a server's machine is."""

    server_id: str
    room: str  # the compute host
    domain: str  # libvirt's name of the machine
    status: str  # Nova's: ACTIVE, SHUTOFF, PAUSED ...


def locate(api: AdminApi, server: str) -> Placement:
    """Where the server of that name or id runs. Raises ``LabError`` unless there is exactly one, on a host."""
    where = f"guest {server}"
    listed = _listed(api, where, f"/servers/detail?all_tenants=1&name={quote('^' + re.escape(server) + '$')}")
    listed = listed or _listed(api, where, f"/servers/detail?all_tenants=1&uuid={quote(server)}")
    return choose(server, listed)


def servers(layout: Layout, stack: str) -> set[str]:
    """The ids of a stack's servers. Raises ``LabError`` where Nova does not name them."""
    # Without details, for which Nova asks Neutron for each port and group.
    named = f"/servers?all_tenants=1&name={quote(f'^{re.escape(stack)}-')}"
    return {str(row["id"]) for row in _listed(_api(layout), f"stack {stack}", named)}


def _listed(api: AdminApi, where: str, path: str) -> list[Json]:
    try:
        return api.listing("nova", f"/v2.1{path}")
    except (OSError, KeyError) as error:
        raise LabError(
            where,
            f"the lab's compute API does not say where it runs: {error}",
            "a lab that is up",
            "look at `vipstack lab status`, then run `vipstack lab up`",
        ) from None


def choose(server: str, listed: list[Json]) -> Placement:
    """The one server among those Nova listed. Raises ``LabError`` for none, several, or one that is on no host."""
    if len(listed) != 1:
        found = ", ".join(sorted(str(row["id"]) for row in listed))
        raise LabError(
            f"guest {server}",
            f"{len(listed)} servers have that name: {found}" if listed else "there is no server of that name",
            "the name or the id of one server",
            "list them: `openstack --os-cloud lab-admin server list --all-projects`",
        )
    row = listed[0]
    room = cast("str | None", row[f"{_ATTRIBUTES}host"])
    if room is None:
        raise LabError(
            f"guest {server}",
            f"it is on no compute host; Nova says {row['status']}",
            "a server that was built",
            "wait until it is ACTIVE; if it is ERROR, ask `openstack server show` for the fault",
        )
    return Placement(str(row["id"]), room, str(row[f"{_ATTRIBUTES}instance_name"]), str(row["status"]))


def agent(lab: Laboratory, server: str) -> GuestAgent:
    """The agent of a server's guest; it may not answer yet. Raises ``LabError`` where there is no such guest."""
    place = locate(_api(lab.layout), server)
    return GuestAgent(server, lambda request: _through_libvirt(lab.rooms, server, place, request))


@cache
def _api(layout: Layout) -> AdminApi:
    """One for each lab, which keeps its token: a new one costs Keystone more than all else that is asked here."""
    return AdminApi(layout)


def await_agent(lab: Laboratory, server: str, *, timeout: float = 180) -> GuestAgent:
    """The agent of a server's guest as soon as it answers: about 30 s after power-on, when services start."""
    found = agent(lab, server)

    def look() -> str | None:
        try:
            found.ping()
        except LabError as error:
            return error.got
        return None

    wait_for(f"guest {server}", look, timeout=timeout, interval=1)
    return found


def _through_libvirt(rooms: Rooms, server: str, place: Placement, request: str) -> str:
    words = ["virsh", "--quiet", "--connect", "qemu:///system", "qemu-agent-command", place.domain, request]
    patience = ["--timeout", str(_ANSWER_SECONDS)]
    answered = rooms.run(place.room, [*words, *patience], timeout=_ANSWER_SECONDS + 20, check=False)
    answer = read_answer(answered.returncode, answered.stdout)
    if answer is not None:
        return answer
    said = answered.stdout.strip().removeprefix("error: ")
    raise LabError(
        f"guest {server}",
        f"its agent does not answer ({place.status} on {place.room}): {said}",
        "a running guest; its agent starts some 30 s after power-on",
        f"wait, or look at its console: `openstack --os-cloud lab-admin console log show {place.server_id}`",
    )


def read_answer(returncode: int, text: str) -> str | None:
    """The agent's JSON in what virsh printed; None where the agent did not answer at all.

    libvirt turns a refusal of the agent's into an error of its own; here it is one of the agent's again.
    """
    start = _START.search(text)
    if returncode == 0 and start:
        return text[start.start() :]
    refused = _REFUSED.search(text)
    return json.dumps({"error": {"desc": refused.group(1)}}) if refused else None
