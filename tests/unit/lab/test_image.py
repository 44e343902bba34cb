"""Can decide: when an image is built again, and what Glance is told. Cannot: whether it boots (tests/lab)."""

import io
import tarfile
from pathlib import Path

from lab import image
from lab.image import overlay_tar, recipe_digest, records
from lab.layout import IMAGE_BAKED, IMAGE_PLAIN, IMAGE_PREDICTABLE, Layout


def _recipe(folder: Path) -> Path:
    (folder / "overlay").mkdir(parents=True)
    (folder / "plain.packages").write_text("cloud-init\n", encoding="utf-8")
    (folder / "overlay/motd").write_text("hello\n", encoding="utf-8")
    return folder


def test_the_same_recipe_elsewhere_has_the_same_digest(tmp_path: Path) -> None:
    assert recipe_digest(_recipe(tmp_path / "a")) == recipe_digest(_recipe(tmp_path / "b")), (
        "a second checkout must not build again"
    )


def test_any_change_of_the_recipe_changes_the_digest(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path / "a")
    digests = {recipe_digest(recipe)}
    (recipe / "plain.packages").write_text("cloud-init\ncurl\n", encoding="utf-8")
    digests.add(recipe_digest(recipe))
    (recipe / "overlay/motd").rename(recipe / "overlay/issue")
    digests.add(recipe_digest(recipe))
    assert len(digests) == 3, "contents and paths both make the image"


def test_the_records_differ_in_packages_and_in_interface_names(tmp_path: Path) -> None:
    found = {record.name: record for record in records(Layout(tmp_path))}
    assert set(found) == {IMAGE_PLAIN, IMAGE_BAKED, IMAGE_PREDICTABLE}, "stack files name these"
    assert found[IMAGE_PREDICTABLE].disk == found[IMAGE_PLAIN].disk != found[IMAGE_BAKED].disk, (
        "naming interfaces is the kernel command line's, no other disk is needed"
    )
    assert "net.ifnames=0" in found[IMAGE_PLAIN].command_line, "eth0 is the usual case"
    assert "net.ifnames" not in found[IMAGE_PREDICTABLE].command_line, "udev names interfaces unless told otherwise"


def test_nothing_is_built_while_the_recipes_result_is_there(tmp_path: Path) -> None:
    layout = Layout(tmp_path)
    records(layout)[0].disk.parent.mkdir(parents=True)
    (layout.mirror / "debian").mkdir(parents=True)
    (layout.mirror / "debian/Release").touch()
    said: list[str] = []
    assert image.build(layout, said.append) == records(layout), "building needs a minute, root and the registries"
    assert said == [], "what is not done is not announced"


def test_the_overlay_belongs_to_root_whoever_checked_it_out(tmp_path: Path) -> None:
    script = tmp_path / "usr/bin/tool"
    script.parent.mkdir(parents=True)
    script.write_text("#!/bin/sh\n", encoding="utf-8")
    script.chmod(0o700)
    plain = tmp_path / "etc.conf"
    plain.write_text("a\n", encoding="utf-8")
    plain.chmod(0o600)
    with tarfile.open(fileobj=io.BytesIO(overlay_tar(tmp_path))) as archive:
        modes = {member.name: (member.uid, member.mode) for member in archive.getmembers()}
    assert modes["./usr/bin/tool"] == (0, 0o755), "a checkout's owner means nothing in a guest"
    assert modes["./etc.conf"] == (0, 0o644), "nor does the umask of whoever checked it out"
