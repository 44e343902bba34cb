"""Can decide: which of a machine's apt sources the images are built from. Cannot: whether they answer."""

from pathlib import Path

import pytest

from lab import debian
from lab.debian import parse_index_targets, read_packages

_LISTED = """\
Debian|http://mirror.test/debian/|bookworm|bookworm|main
Debian|http://mirror.test/debian/|bookworm|bookworm|main
Debian|http://mirror.test/debian/|bookworm-updates|bookworm-updates|main
Debian|http://mirror.test/debian/|bookworm|bookworm|contrib
Debian|http://mirror.test/debian/|stable|trixie|main
Docker|https://vendor.test/linux/debian/|bookworm|bookworm|stable
Vendor|https://vendor.test/apt/|bookworm|bookworm|main
"""


def test_only_debian_twelves_own_main_sources_are_taken() -> None:
    keyring = "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]"
    assert parse_index_targets(_LISTED) == (
        f"deb {keyring} http://mirror.test/debian/ bookworm main",
        f"deb {keyring} http://mirror.test/debian/ bookworm-updates main",
    ), "a vendor's package in a guest would be a surprise, a line twice a warning of apt's"


def test_a_machine_whose_lists_were_never_fetched_has_no_source() -> None:
    assert parse_index_targets("") == (), "apt names sources by what it fetched"


def test_a_package_list_may_hold_comments(tmp_path: Path) -> None:
    file = tmp_path / "some.packages"
    file.write_text("# why\nkeepalived\n\n  ipvsadm\n", encoding="utf-8")
    assert read_packages(file) == ("keepalived", "ipvsadm"), "the reason stands beside the name"


def test_backports_are_looked_for_where_the_release_itself_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "sources", lambda: parse_index_targets(_LISTED))
    (line,) = debian.backports()
    assert line.endswith(" http://mirror.test/debian/ bookworm-backports main")


def test_a_private_apt_reads_the_sources_it_is_given_and_no_others(tmp_path: Path) -> None:
    words = debian.private_apt(tmp_path, ["deb http://mirror.test/debian/ bookworm main"])
    assert f"Dir::Etc::sourcelist={tmp_path / 'sources.list'}" in words
    assert "Dir::Etc::sourceparts=/dev/null" in words, "the machine's own sources are another matter"
    assert (tmp_path / "sources.list").read_text() == "deb http://mirror.test/debian/ bookworm main\n"
