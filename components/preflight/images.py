"""Is each image there, once, and ready to use?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from components.config.errors import Finding, shown
from components.plan.stack import StackPlan
from components.preflight.cloud import Cloud
from components.preflight.wording import known_names, path_of


@dataclass(frozen=True)
class Image:
    """An image: sizes in GiB (disk) and MiB (memory)."""

    id: str
    status: str
    min_disk: int
    min_ram: int


@dataclass(frozen=True)
class ImageFacts:
    """The images of each wanted name, and all names (only asked for where one is missing)."""

    by_name: Mapping[str, tuple[Image, ...]]
    names: tuple[str, ...] = ()


def ask(cloud: Cloud, plan: StackPlan) -> ImageFacts:
    """Look up the images by name."""
    wanted = sorted({host.image for host in plan.hosts})
    by_name = {
        name: tuple(
            Image(item["id"], item["status"], item["min_disk"], item["min_ram"])
            for item in cloud.each("image", "images", "images", name=name)
        )
        for name in wanted
    }
    missing = not all(by_name.values())
    names = tuple(item["name"] or "" for item in cloud.each("image", "images", "images")) if missing else ()
    return ImageFacts(by_name, names)


def judge(plan: StackPlan, facts: ImageFacts) -> Iterator[Finding]:
    """One finding for each key that names an image which is missing, ambiguous or not ready."""
    for path, name in dict.fromkeys((path_of(host, "image"), host.image) for host in plan.hosts):
        found = facts.by_name[name]
        if not found:
            yield Finding(
                path,
                f"the cloud has no image {shown(name)}",
                f"Images that this project may use: {known_names(name, facts.names)}",
                "Name one of these, or upload it",
            )
        elif len(found) > 1:
            yield Finding(
                path,
                f"{len(found)} images are called {shown(name)}",
                "Only one may have the name, since guessing could boot the wrong one",
                f"Rename or hide all but one of {', '.join(image.id for image in found)}",
            )
        elif any(image.status != "active" for image in found):
            yield Finding(
                path,
                f"image {shown(name)} has status {', '.join(image.status for image in found)}",
                "Its status must be active, since no other boots",
                "Wait for its upload to end, or upload it again",
            )
