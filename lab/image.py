"""Guest images: Debian 12 as files in the lab's folder, in a plain and a baked flavour, booted by direct kernel boot.

The recipe is guest_image/; its digest names the folder of the result, so an image is built again exactly when the
recipe changed. The package mirror is made on the way, between the flavours: its contents depend on what the plain
image has, and the baked image is installed from it, which proves it complete. Not here: Glance (the services' part).
"""

import hashlib
import io
import shutil
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from lab import debian, mirror
from lab.commands import run
from lab.layout import IMAGE_BAKED, IMAGE_PLAIN, IMAGE_PREDICTABLE, Layout
from lab.rooms import propagation

_RECIPE = Path(__file__).parent / "guest_image"
_FORMAT = 2  # raise it when this module makes something else of the same recipe
_DISK_SIZE = "2G"  # the flavor's disk, so that no guest has a file system to grow
# A starved emulated guest takes minutes for what systemd allows 90 s, and must not have its daemons shot for it.
_PATIENCE = "systemd.service_watchdogs=no systemd.default_timeout_start_sec=600"
# And its kernel panics at boot where the timer it tries out is late ("IO-APIC + timer doesn't work"). The HPET, which
# it would start and then leave alone, wakes QEMU 250 times a second: two thirds of what an idle guest costs.
_CLOCK = "no_timer_check hpet=disable"
# systemd would animate every job that takes longer than five seconds, three times a second: most of the console, and a
# tenth of the boot. What fails it still says.
_QUIET = "systemd.show_status=error"
_CONSOLE = f"root=/dev/vda rw console=ttyS0 mitigations=off {_PATIENCE} {_CLOCK} {_QUIET}"
# "eth0" as on clouds that set it; the predictable record lets udev name the interfaces (ens3)
_COMMAND_LINES = {
    IMAGE_PLAIN: f"{_CONSOLE} net.ifnames=0",
    IMAGE_BAKED: f"{_CONSOLE} net.ifnames=0",
    IMAGE_PREDICTABLE: _CONSOLE,
}
_DISKS = {IMAGE_PLAIN: IMAGE_PLAIN, IMAGE_BAKED: IMAGE_BAKED, IMAGE_PREDICTABLE: IMAGE_PLAIN}
# chroot with what packages' scripts expect, in a mount namespace of its own: nothing is left mounted, whatever happens
_IN_ROOT = """
mount --bind /dev "$1/dev" && mount -t proc proc "$1/proc" && mount -t sysfs sysfs "$1/sys" &&
mount --bind "$2" "$1/mnt" && mount -t tmpfs tmpfs "$1/tmp" || exit 1
root=$1; shift 2
exec env -i LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" sh -s - "$@"
"""


@dataclass(frozen=True)
class GuestImage:
    """One image record: three files and the kernel's command line."""

    name: str
    disk: Path  # qcow2
    kernel: Path
    initrd: Path
    command_line: str
    digest: str  # of the recipe: a record in Glance with another one is out of date


def records(layout: Layout) -> tuple[GuestImage, ...]:
    """The image records that the lab's Glance shall have; the files exist once ``build`` has returned."""
    digest = recipe_digest(_RECIPE)
    folder = layout.images / digest
    return tuple(
        GuestImage(
            name=name,
            disk=folder / f"{_DISKS[name]}.qcow2",
            kernel=folder / "vmlinuz",
            initrd=folder / "initrd",
            command_line=command_line,
            digest=digest,
        )
        for name, command_line in _COMMAND_LINES.items()
    )


def recipe_digest(recipe: Path) -> str:
    """Twelve hex digits over every file of the recipe, its path and this module's format."""
    digest = hashlib.sha256(str(_FORMAT).encode())
    for file in sorted(path for path in recipe.rglob("*") if path.is_file()):
        digest.update(f"\0{file.relative_to(recipe)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def is_built(layout: Layout) -> bool:
    """Whether images and mirror of the present recipe are there."""
    return (layout.images / recipe_digest(_RECIPE)).is_dir() and (layout.mirror / "debian/Release").is_file()


def build(layout: Layout, say: Callable[[str], None]) -> tuple[GuestImage, ...]:
    """Build images and package mirror, unless they are there; ``say`` hears what is being done.

    An interrupted build leaves nothing that a later one mistakes for a result. Raises ``LabError``.
    """
    if is_built(layout):
        return records(layout)
    work = layout.images / "building"
    shutil.rmtree(work, ignore_errors=True)
    result = work / "result"
    result.mkdir(parents=True)
    root = work / "root"
    say("Debian 12 into a folder")
    _bootstrap(root, work)
    _enter(root, _RECIPE / "seal.sh", layout)
    for name, pattern in (("vmlinuz", "vmlinuz-*"), ("initrd", "initrd.img-*")):
        shutil.move(next((root / "boot").glob(pattern)), result / name)
    with ThreadPoolExecutor(max_workers=1) as background:
        say("the plain image")
        plain = background.submit(_compress, _file_system(root, work / IMAGE_PLAIN), result / f"{IMAGE_PLAIN}.qcow2")
        say("the package mirror")
        packages = debian.read_packages(_RECIPE / "extra.packages")
        mirror.build(layout.mirror / "debian", root / "var/lib/dpkg/status", packages, work / "mirror")
        say("the baked image")
        _enter(root, _RECIPE / "extra.sh", layout, *packages)
        _enter(root, _RECIPE / "seal.sh", layout)
        _compress(_file_system(root, work / IMAGE_BAKED), result / f"{IMAGE_BAKED}.qcow2")
        plain.result()
    for old in layout.images.iterdir():
        if old != work:
            shutil.rmtree(old)
    result.rename(layout.images / recipe_digest(_RECIPE))
    shutil.rmtree(work)
    return records(layout)


def _bootstrap(root: Path, work: Path) -> None:
    """Install the plain flavour's packages below ``root``; the overlay is there before any of them is configured."""
    overlay = work / "overlay.tar"
    overlay.write_bytes(overlay_tar(_RECIPE / "overlay"))
    run(
        [
            *("nice", "mmdebstrap", "--mode=root", "--variant=minbase", "--format=directory"),
            f"--dpkgopt={_RECIPE / 'overlay/etc/dpkg/dpkg.cfg.d/lab'}",
            f"--aptopt={_RECIPE / 'overlay/etc/apt/apt.conf.d/90lab'}",
            f"--essential-hook=tar-in {overlay} /",
            f"--include={','.join(debian.read_packages(_RECIPE / 'plain.packages'))}",
            *(debian.RELEASE, str(root), "-"),
        ],
        stdin="\n".join(debian.sources()) + "\n",
        timeout=1800,
    )


def overlay_tar(folder: Path) -> bytes:
    """A folder as a tar archive owned by root, whoever owns the checkout."""

    def owned_by_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.add(folder, arcname=".", filter=owned_by_root)
    return buffer.getvalue()


def _enter(root: Path, script: Path, layout: Layout, *arguments: str) -> None:
    """Run a script of the recipe inside ``root``, the package mirror below /mnt."""
    layout.mirror.mkdir(parents=True, exist_ok=True)
    repository = layout.mirror / "debian"
    run(
        [
            *("nice", "unshare", "--mount", *propagation(), "sh", "-c", _IN_ROOT, "sh"),
            *(root, repository if repository.exists() else layout.mirror, *arguments),
        ],
        stdin=script.read_text(encoding="utf-8"),
        timeout=900,
    )


def _file_system(root: Path, target: Path) -> Path:
    """An ext4 file system with the contents of ``root``: the whole disk, no partition table, no mount needed."""
    disk = target.with_suffix(".raw")
    run(["mke2fs", "-q", "-t", "ext4", "-L", "root", "-m", "0", "-d", root, disk, _DISK_SIZE], timeout=300)
    return disk


def _compress(disk: Path, target: Path) -> None:
    """A raw disk as compressed qcow2; the raw one is removed."""
    run(["nice", "qemu-img", "convert", "-c", "-O", "qcow2", disk, target], timeout=600)
    disk.unlink()
