"""The stack's servers that run already: have the image or the flavor of the stack file moved on without them?

No finding, but a remark: a live server is never rebuilt, resized or replaced by an edit alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from components.plan.stack import StackPlan
from components.preflight.cloud import Cloud


@dataclass(frozen=True)
class RunningServer:
    """A server of the stack: ``image`` is an id (None: booted from a volume), ``flavor`` a name."""

    image: str | None
    flavor: str


ServerFacts = Mapping[str, RunningServer]
"""The servers that have names of this plan, by name."""


def ask(cloud: Cloud, plan: StackPlan) -> ServerFacts:
    """List this project's servers whose names contain the stack's, and keep those of the plan."""
    names = {host.name for host in plan.hosts}
    return {
        item["name"]: RunningServer(item["image"]["id"] if item["image"] else None, item["flavor"]["original_name"])
        for item in cloud.each("compute", "servers/detail", "servers", name=f"{plan.stack}-")
        if item["name"] in names
    }


def remarks(plan: StackPlan, facts: ServerFacts, images: Mapping[str, str]) -> Iterator[str]:
    """One remark for each image and flavor that some servers are older than.

    Args:
        plan: the stack.
        facts: its running servers.
        images: the ids of the images that the stack file names, by name.
    """
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
            "a time with `pulumi up --replace <URN of its instance>` (`pulumi stack --show-urns` lists them)."
        )
