"""Who may have done it, and the two ways out, for each kind of drift. Suspicions, no proofs: clouds keep few of them.

Nova alone keeps who ordered what of a server (``openstack server event list``); Neutron only keeps when.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from review.document import Change, State
from review.stack import CONFIGURATION, FLOATING_IP, INSTANCE, PORT

_RULE = "openstack:networking/secGroupRule:SecGroupRule"
_MEMBERS = "a member of the project (client, dashboard), or another program that manages it (Heat, Terraform)"
_ANY = "*"


@dataclass(frozen=True)
class Suspicion:
    """Who it may have been and where that can be looked up; how it is put back, and how it is kept."""

    who: str
    back: str
    keep: str


_UP = "pulumi up --refresh -s {stack}"
_THEN = f", then {_UP}"

# By type and property; "gone" stands for the whole resource, and _ANY for any other property.
_SUSPICIONS: dict[tuple[str, str], Suspicion] = {
    (INSTANCE, "gone"): Suspicion(
        "a member of the project, or the cloud's operators when a host was retired; who ordered it: "
        "openstack --os-compute-api-version 2.21 server event list {id}",
        f"{_UP} makes it anew, with the same ports and addresses",
        f"take it out of the stack file, or pulumi import the one that replaced it{_THEN}",
    ),
    (INSTANCE, "powerState"): Suspicion(
        "a member of the project, a shutdown inside the guest, the cloud after its host failed, or a `vipstack drill` "
        "that was killed; who ordered it: openstack server event list {cloud_name}",
        "openstack server start {cloud_name} (Pulumi lets a stopped server be)",
        "a stack file cannot say it: take the host out of the stack file, or leave it stopped and see it named here",
    ),
    (INSTANCE, "flavorId"): Suspicion(
        "a member of the project who resized it; openstack server event list {cloud_name}",
        "openstack server resize {cloud_name} to the flavor that was left",
        f"write the flavor into the stack file{_THEN}",
    ),
    (INSTANCE, "imageId"): Suspicion(
        "a member of the project who rebuilt it; openstack server event list {cloud_name}",
        "pulumi up --replace its URN -s {stack}, one director at a time",
        f"write the image into the stack file{_THEN}",
    ),
    (CONFIGURATION, "digest"): Suspicion(
        "whoever may set the server's metadata, a rebuild of the server, or an update that was interrupted",
        f"{_UP} delivers it again; it is a reload",
        "none: without it the guest gets nothing at its next boot",
    ),
    (CONFIGURATION, "gone"): Suspicion(
        "it went with its server",
        f"{_UP} delivers it to the new one",
        "decided with its server",
    ),
    (PORT, "allowedAddressPairs"): Suspicion(
        f"{_MEMBERS}; when: openstack port show {{cloud_name}} -c updated_at",
        f"{_UP}; until then the port drops, or lets pass, what the pairs say now",
        "pairs follow from virtual IPs and services: write those into the stack file" + _THEN,
    ),
    (PORT, "allSecurityGroupIds"): Suspicion(
        f"{_MEMBERS}; when: openstack port show {{cloud_name}} -c updated_at",
        "openstack port set --no-security-group {groups}{cloud_name} (Pulumi lets a port's groups be)",
        "a stack file cannot say it: what a role lets in follows from services and allow-from",
    ),
    (FLOATING_IP, "gone"): Suspicion(
        f"{_MEMBERS}, or the cloud's operators who reclaimed it; the address may be somebody else's by now",
        f"{_UP} takes one from the pool, another address as a rule: DNS must follow",
        f"take floating-ip out of the stack file, or pulumi import the one that replaced it{_THEN}",
    ),
    (FLOATING_IP, _ANY): Suspicion(
        f"{_MEMBERS}: it was associated with something else, or with nothing",
        _UP,
        f"take floating-ip out of the stack file{_THEN}; the address is given back then",
    ),
    (_RULE, "gone"): Suspicion(
        f"{_MEMBERS}, or an audit that removes open rules",
        _UP,
        "rules follow from services and allow-from: narrow or remove those in the stack file" + _THEN,
    ),
    (_ANY, "gone"): Suspicion(
        _MEMBERS, f"{_UP} makes it anew", f"take it out of the stack file, or pulumi import it{_THEN}"
    ),
    (_ANY, _ANY): Suspicion(_MEMBERS, _UP, f"write it into the stack file{_THEN}"),
}


def suspicion(change: Change, before: State, properties: Sequence[str], stack: str) -> Suspicion:
    """What is to be said of a drifted resource.

    Args:
        change: of the resource.
        before: what the last update left of it.
        properties: what differs, nothing where it is gone; the first that is known decides.
        stack: its name.
    """
    asked = [
        *((change.type, name) for name in properties or ("gone",)),
        (change.type, _ANY) if properties else (_ANY, "gone"),
    ]
    found = next((_SUSPICIONS[key] for key in asked if key in _SUSPICIONS), _SUSPICIONS[_ANY, _ANY])
    groups = "".join(f"--security-group {group} " for group in before.outputs.get("allSecurityGroupIds") or ())
    facts = {
        "stack": stack,
        "groups": groups,
        "cloud_name": str(before.inputs.get("name", change.name)),
        "id": before.id,
    }
    return Suspicion(*(text.format(**facts) for text in (found.who, found.back, found.keep)))
