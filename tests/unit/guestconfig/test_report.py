"""Reports on a console that is shared, lossy and noisy. Pure."""

import pytest

from guestconfig import report
from guestconfig.agent import reporting
from guestconfig.report import Report

READY = Report("lvs-dr-director-1", "director", 3, "ab" * 32, "ready", "verify", ("all real servers present",), "1f2e")
APPLYING = Report("lvs-dr-director-1", "director", 3, "ab" * 32, "applying", "check", (), "1f2e")
LINE = report.frame(READY)


def test_a_report_is_one_line_and_comes_back_whole():
    assert "\n" not in LINE
    assert report.parse(LINE) == [READY]


def test_reports_come_in_the_order_of_the_console():
    console = f"{report.frame(APPLYING)}\r\nlogin: \r\n{LINE}\r\n{LINE}\r\n"
    assert report.parse(console) == [APPLYING, READY, READY]


@pytest.mark.parametrize(
    "console",
    [
        f"[   12.345678] cloud-init[512]: \x1b[0;32mOK\x1b[0m\r\n{LINE}\r\n",
        f"debian login: {LINE}\r\n",
        f"{LINE[:80]}\r\n{LINE}\r\n",
        f"{LINE[40:]}\r\n{LINE}",
        f"{LINE[:70]}[   99.123456] eth0: link becomes ready\r\n{LINE[70:]}\r\n",
    ],
    ids=["kernel before", "same line as a prompt", "cut off, then whole", "beginning lost, then whole", "cut in two"],
)
def test_noise_does_not_hide_a_report(console: str):
    assert report.parse(console) == [READY]


@pytest.mark.parametrize(
    "console",
    [LINE[:-5], LINE.replace(" 1 ", " 2 ", 1), LINE.replace("A", "B", 1), f"{report.PREFIX}00000000 !!!", ""],
    ids=["truncated", "another version", "changed", "no base64", "empty"],
)
def test_what_is_not_whole_is_not_believed(console: str):
    assert report.parse(console) == []


def test_a_guest_cannot_make_the_reader_unpack_a_bomb():
    bomb = report.frame(Report("h", "r", 1, "", "ready", "x" * 10_000_000))
    assert len(bomb) < 20_000, "the bomb is small on the wire"
    assert report.parse(bomb) == []


@pytest.mark.parametrize(
    ("configuration", "secret"),
    [("auth_pass hush\n", "hush"), ('auth_pass "two words"\n', "two words"), ("  auth_pass   a&b$\n", "a&b$")],
)
def test_a_password_is_blotted_out_of_what_is_shown(configuration: str, secret: str):
    shown = reporting.without_secrets(
        [f"Line 3: {secret} is too long"], {"/etc/keepalived/keepalived.conf": configuration}
    )
    assert shown == ("Line 3: [secret] is too long",)
