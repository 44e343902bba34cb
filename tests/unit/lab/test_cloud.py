"""Can decide: the file clients read. Cannot: whether Keystone knows the users."""

import yaml

from lab.cloud import clouds_text
from lab.services.libvirt import accounts
from lab.status import proportional_kib


def test_the_two_clouds_differ_in_user_and_project_only() -> None:
    clouds = yaml.safe_load(clouds_text("a", "d"))["clouds"]
    assert set(clouds) == {"lab-admin", "lab"}, "stack files and docs name these"
    assert clouds["lab"]["auth"]["project_name"] == "demo", "pulumi runs as an ordinary member"
    assert clouds["lab"]["auth"]["auth_url"].startswith("http://127.0.0.1:"), "APIs are on loopback"


def test_libvirts_user_is_added_where_the_machine_has_none() -> None:
    passwd, group = accounts("root:x:0:0::/root:/bin/sh\n", "root:x:0:\n")
    assert "\nlibvirt-qemu:" in passwd, "libvirtd looks it up before it reads qemu.conf"
    assert "\nlibvirt-qemu:" in group, "the group too"
    assert accounts(passwd, group) == (passwd, group), "it must not be there twice"


def test_shared_pages_count_in_proportion() -> None:
    rollup = ["55d0-7ffd ---p 0 00:00 0 [rollup]", "Rss:   9000 kB", "Pss:   1234 kB", "Pss_Dirty: 5 kB"]
    assert proportional_kib(rollup) == 1234, "RSS counts a library once for each process"
