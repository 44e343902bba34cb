"""The stack's servers that are there already: is one broken, has the stack file's image or flavor moved on without it?

No finding, but a remark: a live server is never rebuilt, resized or replaced by an edit alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.plan.stack import StackPlan
from components.preflight.cloud import Cloud

_REPLACE = "`pulumi up --replace <URN of its instance>` (`pulumi stack --show-urns` lists them)"


@dataclass(frozen=True)
class RunningServer:
    """A server of the stack.

    Attributes:
        image: an id; None where it was booted from a volume.
        flavor: a name.
        fault: Nova's words of a server in ERROR; None of any other.
    """

    image: str | None
    flavor: str
    fault: str | None = None


ServerFacts = Mapping[str, RunningServer]
"""The servers that have names of this plan, by name."""


def ask(cloud: Cloud, plan: StackPlan) -> ServerFacts:
    """List this project's servers whose names contain the stack's, and keep those of the plan."""
    names = {host.name for host in plan.hosts}
    return {
        item["name"]: RunningServer(
            item["image"]["id"] if item["image"] else None, item["flavor"]["original_name"], _fault(item)
        )
        for item in cloud.each("compute", "servers/detail", "servers", name=f"{plan.stack}-")
        if item["name"] in names
    }


def _fault(item: Mapping[str, Any]) -> str | None:
    if item["status"] != "ERROR":
        return None
    return str(item.get("fault", {}).get("message") or "Nova does not say why").splitlines()[0].rstrip(".")


def remarks(plan: StackPlan, facts: ServerFacts, images: Mapping[str, str]) -> Iterator[str]:
    """One remark for the servers in ERROR, and one for each image and flavor that some servers are older than.

    Args:
        plan: the stack.
        facts: its running servers.
        images: the ids of the images that the stack file names, by name.
    """
    broken = [f"{name} ({server.fault})" for name, server in facts.items() if server.fault]
    if broken:
        yield (
            f"In ERROR, and Nova refuses to change a server in that state: {', '.join(broken)}. Make it anew with "
            f"{_REPLACE}."
        )
    older: dict[str, list[str]] = {}
    for host in plan.hosts:
        server = facts.get(host.name)
        if server and server.image and server.image != images[host.image]:
            older.setdefault(f"image {host.image}", []).append(host.name)
        if server and server.flavor != host.flavor:
            older.setdefault(f"flavor {host.flavor}", []).append(host.name)
    for what, names in older.items():
        yield (
            f"Created before the stack file's {what}: {', '.join(names)}. A live server stays as it is; replace one at "
            f"a time with {_REPLACE}."
        )
