"""Is each flavor there, and large enough for its image?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from components.config.errors import Finding, shown
from components.plan.hosts import Host
from components.plan.stack import StackPlan
from components.preflight.cloud import Cloud
from components.preflight.images import ImageFacts
from components.preflight.wording import known_names, path_of


@dataclass(frozen=True)
class Flavor:
    """A flavor: memory in MiB, root disk in GiB (0: as large as the image)."""

    id: str
    vcpus: int
    ram: int
    disk: int


FlavorFacts = Mapping[str, Flavor]
"""Every flavor that this project may use, by name."""


def ask(cloud: Cloud) -> FlavorFacts:
    """List the flavors with their sizes."""
    return {
        item["name"]: Flavor(item["id"], item["vcpus"], item["ram"], item["disk"])
        for item in cloud.each("compute", "flavors/detail", "flavors")
    }


def judge(plan: StackPlan, facts: FlavorFacts, images: ImageFacts) -> Iterator[Finding]:
    """One finding for each key that names a flavor which is missing or too small for the image beside it."""
    seen: set[tuple[str, str, str]] = set()
    for host in plan.hosts:
        case = (path_of(host, "flavor"), host.flavor, host.image)
        if case not in seen:
            seen.add(case)
            yield from _judge_one(host, facts, images)


def _judge_one(host: Host, facts: FlavorFacts, images: ImageFacts) -> Iterator[Finding]:
    path = path_of(host, "flavor")
    flavor = facts.get(host.flavor)
    if flavor is None:
        yield Finding(
            path,
            f"the cloud has no flavor {shown(host.flavor)}",
            f"Flavors that this project may use: {known_names(host.flavor, facts)}",
            "Name one of these",
        )
        return
    for image in images.by_name[host.image][:1]:
        if flavor.disk and flavor.disk < image.min_disk:
            yield Finding(
                path,
                f"flavor {shown(host.flavor)} has a disk of {flavor.disk} GiB",
                f"Image {shown(host.image)} asks for at least {image.min_disk} GiB",
                "Name a larger flavor or a smaller image",
            )
        if flavor.ram < image.min_ram:
            yield Finding(
                path,
                f"flavor {shown(host.flavor)} has {flavor.ram} MiB of memory",
                f"Image {shown(host.image)} asks for at least {image.min_ram} MiB",
                "Name a larger flavor or a smaller image",
            )
