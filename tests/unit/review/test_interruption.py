"""What each change costs, one case a line of the guide's table: recordings in which one step is made another.

Decides the classification. Cannot decide that it is true of a live stack: the drills measure failovers, and a reload's
price is asked of real guests in the lab's tests.
"""

from collections.abc import Callable
from typing import Any

import pytest

from review.interruption import Level
from review.report import report

Document = dict[str, Any]
Recording = Callable[[str], Document]

_UPDATE = {"kind": "update", "inputDiff": True}


def turned(document: Document, ending: str, op: str, *paths: str) -> Document:
    """The document in which the resource whose URN ends so meets another fate."""
    (step,) = [step for step in document["steps"] if step["urn"].endswith(ending) and "$openstack:" in step["urn"]]
    step["op"] = op
    step["detailedDiff"] = dict.fromkeys(paths, _UPDATE) or None
    if op == "delete":
        del step["newState"]
    return document


def level_of(document: Document) -> tuple[Level, str]:
    found = report("shop", document)
    return found.level, " / ".join(found.reasons_for(found.level))


@pytest.mark.parametrize(
    ("fate", "level", "why"),
    [
        (("Instance::director-1", "delete"), "rolling", "`director-1` is removed; `director-2` carries on"),
        (("Instance::apache-1", "replace"), "outage", "`apache-1` is replaced: `www` has no other real server"),
        (("Port::director-2-web", "replace"), "rolling", "`director-2` is replaced; `director-1` carries on"),
        (("Port::director-2-web", "update", "fixedIps[0].ipAddress"), "rolling", "`director-2` is moved to another"),
        (("Port::director-2-web", "update", "tags"), "in place", ""),
        (("Port::www", "replace"), "outage", "the virtual IP `www` gets another address"),
        (("Port::www", "update", "fixedIps[0].ipAddress"), "outage", "the virtual IP `www` gets another address"),
        (("Port::www", "delete"), "outage", "the virtual IP `www` is taken away"),
        (("FloatingIp::www", "delete"), "outage", "is given back and cannot be counted on again"),
        (("FloatingIp::www", "replace"), "outage", "is replaced by another one"),
        (("FloatingIp::www", "update", "portId"), "outage", "is cut from its port for a moment"),
        (("FloatingIp::www", "update", "tags"), "in place", ""),
        (("Subnet::web", "replace"), "outage", "the network `web` is interrupted for all that is on it"),
        (("Subnet::web", "update", "gatewayIp"), "outage", "the network `web` is interrupted"),
        (("Subnet::web", "update", "dnsNameservers[0]"), "in place", ""),
        (("Router::web", "update", "enableSnat"), "outage", "the network `web` is interrupted"),
        (("RouterInterface::web", "delete"), "outage", "the network `web` is interrupted"),
        (("SecGroupRule::real-server-service-tcp-80", "replace"), "rolling", "about a second"),
        (("SecGroupRule::real-server-service-tcp-80", "delete"), "in place", ""),
        (("Instance::director-1", "update", "tags"), "in place", ""),
    ],
)
def test_a_single_change_costs_what_the_guide_says(
    recording: Recording, fate: tuple[str, ...], level: str, why: str
) -> None:
    found, because = level_of(turned(recording("unchanged"), *fate))
    assert str(found) == level
    assert why in because


def test_both_directors_in_one_update_leave_nobody(recording: Recording) -> None:
    document = turned(recording("unchanged"), "Instance::director-1", "replace")
    assert level_of(document)[0] is Level.ROLLING, "one alone is a failover"
    level, why = level_of(turned(document, "Port::director-2-web", "update", "fixedIps[0].ipAddress"))
    assert level is Level.OUTAGE, "they go away side by side, each for a reason of its own"
    assert "`director-1` and `director-2` are moved to another address and replaced in one update" in why


def edited(document: Document, path: str, edit: Callable[[str], str | None], *hosts: str) -> Document:
    """A recording of a weight's edit, with another edit of one file on these hosts in its place."""
    for step in document["steps"]:
        if "guestconfig:guest:Configuration" not in step["urn"]:
            continue
        old = dict(step["oldState"]["inputs"]["files"])
        new = dict(old)
        if step["urn"].rpartition("::")[2] in hosts:
            text = edit(old.get(path, ""))
            new = {**old, path: text} if text is not None else {key: old[key] for key in old if key != path}
        step["newState"]["inputs"] = {**step["oldState"]["inputs"], "files": new}
        step["op"] = "same" if new == old else "update"
        step["detailedDiff"] = {f'files["{path}"]': _UPDATE}
    return document


KEEPALIVED = "/etc/keepalived/keepalived.conf"
BOTH = ("director-1", "director-2")


@pytest.mark.parametrize(
    ("path", "edit", "hosts", "level"),
    [
        (KEEPALIVED, lambda text: text.replace("weight 1", "weight 3"), BOTH, Level.IN_PLACE),
        (KEEPALIVED, lambda text: text.replace("advert_int 1", "advert_int 0.1"), BOTH, Level.ROLLING),
        (KEEPALIVED, lambda text: text.replace("router_id 51", "router_id 61"), BOTH, Level.OUTAGE),
        (KEEPALIVED, lambda text: text.replace("vrrp_version 3", "vrrp_version 2"), BOTH, Level.OUTAGE),
        ("/etc/nftables.conf", lambda text: f"{text}# more\n", BOTH, Level.IN_PLACE),
        ("/etc/default/keepalived", lambda _: 'DAEMON_ARGS="-D"\n', BOTH, Level.OUTAGE),
        ("/etc/default/keepalived", lambda _: 'DAEMON_ARGS="-D"\n', BOTH[:1], Level.ROLLING),
        (KEEPALIVED, lambda _: None, BOTH, Level.OUTAGE),
        ("/etc/apache2/ports.conf", lambda _: "Listen 8080\n", ("apache-1",), Level.IN_PLACE),
    ],
)
def test_a_files_change_costs_what_the_agent_does_with_it(
    recording: Recording, path: str, edit: Callable[[str], str | None], hosts: tuple[str, ...], level: Level
) -> None:
    assert level_of(edited(recording("unchanged"), path, edit, *hosts))[0] is level


def test_a_secret_configuration_of_keepalived_may_fail_over(recording: Recording) -> None:
    document = edited(recording("unchanged"), KEEPALIVED, lambda text: text.replace("weight 1", "weight 3"), *BOTH)
    for step in document["steps"]:
        if step["op"] == "update":
            step["oldState"]["inputs"]["files"] = step["newState"]["inputs"]["files"] = "[secret]"
    assert level_of(document)[0] is Level.ROLLING
