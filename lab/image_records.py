"""The guest images as Glance has them: uploaded once a recipe, with what Nova needs for a direct kernel boot.

The files are image.py's. A record whose recipe is out of date is replaced, so that a stack's image name always means
the present recipe; guests that were booted from the old one keep their disks.
"""

from pathlib import Path
from typing import Any

from openstack.connection import Connection

from lab.image import GuestImage

_RECIPE = "vipstack_recipe"  # the property that holds the digest
# Glance inspects what comes in a "bare" container, and takes a kernel's first sector for a partition table.
_BOOT_FORMATS = frozenset({"aki", "ari"})


def ensure(cloud: Connection, images: tuple[GuestImage, ...]) -> None:
    """Every image is in Glance, public and active; ``cloud`` is the lab's admin, because only admins publish."""
    for image in images:
        boot = {
            "kernel_id": _ensure(cloud, f"{image.digest}-kernel", "aki", image.kernel, image.digest, {}),
            "ramdisk_id": _ensure(cloud, f"{image.digest}-initrd", "ari", image.initrd, image.digest, {}),
            "os_command_line": image.command_line,
        }
        machine = {"hw_qemu_guest_agent": "yes", "hw_rng_model": "virtio", "os_type": "linux"}
        _ensure(cloud, image.name, "qcow2", image.disk, image.digest, {**boot, **machine})
    present = {image.digest for image in images}
    glance: Any = cloud.image
    for old in glance.images(owner=cloud.current_project_id):
        if old.properties.get(_RECIPE) not in {None, *present}:
            glance.delete_image(old, ignore_missing=True)


def _ensure(  # noqa: PLR0913 - each parameter is one property of a record
    cloud: Connection, name: str, disk_format: str, file: Path, digest: str, properties: dict[str, str]
) -> str:
    """The id of the active record of that name and recipe; others of that name go, a broken upload too."""
    glance: Any = cloud.image
    found = None
    for record in glance.images(name=name, owner=cloud.current_project_id):
        present = record.properties.get(_RECIPE) == digest and record.status == "active"
        if present and record.os_command_line == properties.get("os_command_line"):
            found = record.id
        else:
            glance.delete_image(record, ignore_missing=True)
    if found:
        return str(found)
    made = glance.create_image(
        name,
        filename=str(file),
        disk_format=disk_format,
        container_format=disk_format if disk_format in _BOOT_FORMATS else "bare",
        visibility="public",
        wait=True,
        timeout=300,
        validate_checksum=False,
        **{_RECIPE: digest, **properties},
    )
    return str(made.id)
