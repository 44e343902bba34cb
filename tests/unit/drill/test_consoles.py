"""Who is master, as the directors' consoles say it."""

from drill.consoles import holders, last_announcement, probe_frames
from guestconfig import frames

VIP = "203.0.113.2"
BOOT_MESSAGES = "[    0.000000] Linux version 6.1\r\nDebian GNU/Linux 12 director-1 ttyS0\r\n\r\ndirector-1 login: "


def _says(*addresses, epoch=1000.0, boot="b0071e55"):
    document = {"host": "director", "boot": boot, "epoch": epoch, "addresses": list(addresses)}
    return f"\r\n{frames.frame('VIPSTACK-ADDRESSES', document)}\r\n"


def test_the_newest_announcement_counts():
    console = BOOT_MESSAGES + _says("203.0.113.8") + _says("203.0.113.8", VIP, epoch=1005.0)
    said = last_announcement(console)
    assert said
    assert said.addresses == {"203.0.113.8", VIP}
    assert (said.epoch, said.boot) == (1005.0, "b0071e55")


def test_a_console_without_announcements_says_nothing():
    assert last_announcement(BOOT_MESSAGES) is None


def test_a_damaged_announcement_is_none_at_all():
    console = _says("203.0.113.8") + _says("203.0.113.8", VIP)[:-9]
    said = last_announcement(console)
    assert said
    assert said.addresses == {"203.0.113.8"}


def test_the_holder_is_who_says_so():
    consoles = {"director-1": _says("203.0.113.8"), "director-2": _says("203.0.113.9", VIP), "director-3": ""}
    assert holders(consoles, VIP) == ("director-2",)


def test_nobody_may_hold_it():
    assert holders({"director-1": _says("203.0.113.8")}, VIP) == ()


def test_of_two_holders_the_later_comes_first():
    consoles = {"director-1": _says(VIP, epoch=1000.0), "director-2": _says(VIP, epoch=1010.0)}
    assert holders(consoles, VIP) == ("director-2", "director-1")


def test_the_probes_frames_are_found_among_the_rest():
    console = BOOT_MESSAGES + _says(VIP) + frames.frame("VIPSTACK-PROBE", {"kind": "started", "id": "1"}) + "\r\n"
    assert probe_frames(console) == [{"kind": "started", "id": "1"}]
