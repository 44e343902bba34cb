"""The agent as a real process, in a folder as its root, with scripts for the daemons' programs.

Decides what it does with files and what it says. Cannot decide what keepalived or systemd make of it: that is for the
rungs above.
"""

import os
import random
import signal
import time

import pytest
from tests.unit.guestconfig.fake_guest import POLL, RECORDINGS, FakeGuest, director

from guestconfig import orders, report
from guestconfig.agent.guest import Guest
from guestconfig.agent.loop import Agent

KEEPALIVED = "/etc/keepalived/keepalived.conf"


def test_a_first_configuration_is_checked_taken_into_use_verified_and_reported(guest: FakeGuest):
    guest.items = director(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
    assert guest.file(KEEPALIVED).splitlines()[0] == "interface ens3", "the interface is found by its MAC"
    assert os.stat(guest.root / KEEPALIVED[1:]).st_mode & 0o777 == 0o600, "it holds the password"  # noqa: PTH116
    check, start = "keepalived -t -f", "systemctl reload-or-restart keepalived.service"
    order = [call for call in guest.calls if call.startswith((check, start))]
    assert [call.startswith(check) for call in order] == [True, False], "the daemon judges the candidate first"
    assert "systemctl enable --no-reload keepalived.service" in guest.calls, "it must be back after a reboot"
    assert guest.reports[-1].digest == director(5).digest


def test_a_newer_generation_changes_only_what_differs(guest: FakeGuest):
    guest.items = director(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
        before = len(guest.calls)
        guest.items = director(6).to_items()
        guest.wait_for(lambda: guest.heard((6, "ready")))
    changing = ("keepalived -t", "systemctl reload", "systemctl enable")
    assert not [call for call in guest.calls[before:] if call.startswith(changing)]


def test_an_older_generation_is_passed_over(guest: FakeGuest):
    guest.items = director(6, extra="new\n").to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((6, "ready")))
        guest.items = director(5, extra="old\n").to_items()
        time.sleep(10 * POLL)
    assert "new" in guest.file(KEEPALIVED), "one of Nova's metadata workers may answer from an old cache"


def test_what_the_daemon_refuses_never_replaces_what_runs(guest: FakeGuest):
    guest.items = director(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
        guest.items = director(6, extra="broken\n").to_items()
        guest.wait_for(lambda: guest.heard((6, "failed")))
    assert "broken" not in guest.file(KEEPALIVED)
    assert not list((guest.root / "etc/keepalived").glob(".*")), "no candidate stays behind"
    said = guest.reports[-1]
    assert (said.step, said.log[0], said.log[-1]) == ("check", f"{KEEPALIVED} was refused", "line 1: broken is unknown")


def test_what_cannot_be_taken_into_use_is_put_back(guest: FakeGuest):
    guest.items = director(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
        guest.items = director(6, extra="unloved\n", weight=2).to_items()
        guest.wait_for(lambda: guest.heard((6, "failed")))
    assert "unloved" not in guest.file(KEEPALIVED)
    assert guest.reports[-1].step == "activate"
    assert "Job failed" in guest.reports[-1].log
    assert '"weight": 1' in guest.file("/etc/vipstack/expect.json"), "all files are put back, not only the guilty one"


def test_a_file_that_may_not_be_delivered_stops_everything(guest: FakeGuest):
    manifest = director(5)
    guest.items = type(manifest)("director", {**manifest.files, "/etc/passwd": "root::0:0"}, {}, 5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "failed")))
    assert not guest.file(KEEPALIVED), "nothing of such a manifest is applied"
    assert guest.reports[-1].log == ("/etc/passwd is not a file that may be delivered",)


def test_another_roles_configuration_is_refused(guest: FakeGuest):
    guest.items = type(director())("real-server", {}, {}, 5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "failed")))
    assert guest.reports[-1].log == ("the configuration is for a real-server, this guest is a director",)


def test_a_file_that_is_no_longer_delivered_is_removed(guest: FakeGuest):
    manifest = director(5)
    more = {**manifest.files, "/etc/sysctl.d/90-vipstack.conf": "net.ipv4.conf.all.rp_filter = 2\n"}
    guest.items = type(manifest)("director", more, manifest.interfaces, 5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
        assert guest.file("/etc/sysctl.d/90-vipstack.conf")
        guest.items = director(6).to_items()
        guest.wait_for(lambda: guest.heard((6, "ready")))
    assert not (guest.root / "etc/sysctl.d/90-vipstack.conf").exists()


def test_a_changed_command_line_restarts_the_daemon_and_so_does_its_end(guest: FakeGuest):
    options = "/etc/default/keepalived"

    def manifest(generation: int, line: str):
        made = director(generation)
        return type(made)("director", {**made.files, options: f"{line}\n"}, made.interfaces, generation).to_items()

    restart = "systemctl try-restart keepalived.service"
    guest.items = manifest(5, 'DAEMON_ARGS="--log-detail --log-facility=1"')
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
        assert guest.calls.count(restart) == 1, "a reload does not read the command line"
        guest.items = director(6).to_items()
        guest.wait_for(lambda: guest.heard((6, "ready")))
        assert guest.calls.count(restart) == 2
        assert not guest.file(options)
        assert "systemctl stop keepalived.service" not in guest.calls, "its options are gone, not its configuration"
        guest.items = manifest(7, 'DAEMON_ARGS="--use-file /tmp/mine"')
        guest.wait_for(lambda: guest.heard((7, "failed")))
    assert not guest.file(options), "whoever may set metadata must not choose what the daemon reads"


def test_half_an_update_is_not_taken(guest: FakeGuest):
    noise = str(random.Random(1).getrandbits(8000))  # noqa: S311 - only hard to compress
    items = director(5, extra=noise).to_items()
    guest.items = {key: value for key, value in items.items() if key != "vipstack.001"}
    with guest.agent():
        time.sleep(5 * POLL)
        assert not guest.file(KEEPALIVED)
        guest.items = items
        guest.wait_for(lambda: guest.heard((5, "ready")))


def test_after_a_boot_the_last_configuration_is_back_and_reported_without_a_metadata_service(guest: FakeGuest):
    guest.items = director(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
    (guest.root / KEEPALIVED[1:]).write_text("somebody edited this")
    (guest.root / "dev/console").write_text("")
    guest.status = 500
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
    assert guest.file(KEEPALIVED).startswith("interface ens3")


def test_user_data_can_carry_the_manifest(guest: FakeGuest):
    (guest.root / "etc/vipstack/agent.json").write_text('{"source": "local", "role": "director"}')
    (guest.root / "etc/vipstack/manifest.json").write_text(director(1).to_json())
    guest.status = 500
    with guest.agent():
        guest.wait_for(lambda: guest.heard((1, "ready")))


def test_no_report_holds_the_password(guest: FakeGuest):
    script = guest.root / "bin/keepalived"
    script.write_text('#!/bin/sh\necho "bad line: auth_pass hush"; exit 1\n')
    guest.items = director(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "failed")))
    assert guest.reports[-1].log[-1] == "bad line: auth_pass [secret]"


def test_packages_that_are_still_missing_are_waited_for(guest: FakeGuest):
    script = guest.root / "bin/keepalived"
    moved = script.rename(guest.root / "keepalived")
    guest.items = director(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: any(said.step == "packages" for said in guest.reports))
        assert not guest.file(KEEPALIVED)
        moved.rename(script)
        guest.wait_for(lambda: guest.heard((5, "ready")))


def test_packages_that_cloud_init_failed_to_install_are_a_failure_with_its_words(guest: FakeGuest):
    (guest.root / "bin/keepalived").unlink()
    (guest.root / "run/cloud-init").mkdir(parents=True)
    (guest.root / "run/cloud-init/result.json").write_text("{}")
    (guest.root / "var/log").mkdir(parents=True)
    (guest.root / "var/log/cloud-init-output.log").write_text("E: Unable to locate package keepalived\n")
    guest.items = director(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "failed")))
    assert guest.reports[-1].step == "packages"
    assert guest.reports[-1].log[-1] == "E: Unable to locate package keepalived"


def test_a_director_is_ready_while_a_real_server_is_late_and_says_which(guest: FakeGuest):
    table = (guest.root / "proc/net/ip_vs").read_text().splitlines()
    (guest.root / "proc/net/ip_vs").write_text("\n".join(table[:4]) + "\n")
    guest.items = director(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
    assert "real server 203.0.113.21:80 is not in the table" in guest.reports[-1].log[0]


def test_a_director_without_its_virtual_server_is_not_ready(guest: FakeGuest):
    (guest.root / "proc/net/ip_vs").write_text("")
    guest.items = director(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: any(said.step == "verify" for said in guest.reports))
        time.sleep(10 * POLL)
        assert not guest.heard((5, "ready"))
        assert guest.reports[-1].log == ("virtual server tcp 203.0.113.2:80 is not in the IPVS table",)


def test_a_report_is_repeated(guest: FakeGuest):
    guest.items = director(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: len([said for said in guest.reports if said.status == report.READY]) > 1)


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.05])
def test_a_kill_at_any_moment_leaves_whole_files_and_the_next_start_finishes(guest: FakeGuest, delay: float):
    def many(generation: int) -> dict[str, str]:
        lines = f"net.x = {generation}\n" * 50
        files = {f"/etc/sysctl.d/{number:02d}-vipstack.conf": lines for number in range(20)}
        manifest = director(generation)
        return type(manifest)("director", {**manifest.files, **files}, manifest.interfaces, generation).to_items()

    folder = guest.root / "etc/sysctl.d"
    guest.items = many(5)
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
        guest.items = many(6)
    process = guest.start()
    guest.wait_for(
        lambda: bool(list(folder.glob(".*vipstack-new"))) or "= 6" in guest.file("/etc/sysctl.d/00-vipstack.conf")
    )
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    for path in folder.glob("*.conf"):
        assert path.read_text() in ("net.x = 5\n" * 50, "net.x = 6\n" * 50), "a daemon must never read half a file"
    with guest.agent():
        guest.wait_for(lambda: guest.heard((6, "ready")))
    assert {path.read_text() for path in folder.glob("*.conf")} == {"net.x = 6\n" * 50}
    assert not list(folder.glob(".*")), "no candidate stays behind"


def test_expectations_that_cannot_be_read_are_refused_like_any_file(guest: FakeGuest):
    manifest = director(5)
    files = {**manifest.files, "/etc/vipstack/expect.json": "{"}
    guest.items = type(manifest)("director", files, manifest.interfaces, 5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "failed")))
    assert guest.reports[-1].log[0].startswith("/etc/vipstack/expect.json was refused: ")


def test_what_nobody_foresaw_is_reported_and_does_not_end_the_agent(guest: FakeGuest):
    manifest = director(5)
    files = {**manifest.files, "/etc/vipstack/expect.json": '{"ipvs": [{"nonsense": 1}]}'}
    guest.items = type(manifest)("director", files, manifest.interfaces, 5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "failed")))
        assert guest.reports[-1].step == "agent"
        guest.items = director(6).to_items()
        guest.wait_for(lambda: guest.heard((6, "ready")))


@pytest.mark.parametrize(("state", "restarts"), [("active", 2), ("inactive", 0)])
def test_a_resolver_reads_new_domains_where_it_runs_and_is_not_missed_elsewhere(
    guest: FakeGuest, state: str, restarts: int
):
    names, restart = "/etc/systemd/resolved.conf.d/vipstack.conf", "systemctl try-restart systemd-resolved.service"
    if state == "inactive":
        program = guest.root / "bin/systemctl"
        text = program.read_text()
        program.write_text(text.replace("\ncase", '\ncase "$*" in *systemd-resolved*) exit 3 ;; esac\ncase', 1))
    made = director(5)
    more = {**made.files, names: "[Resolve]\nDNS=192.0.2.53 192.0.2.54\nDomains=a.example b.example\n"}
    guest.items = type(made)("director", more, made.interfaces, 5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
        assert guest.file(names)
        guest.items = director(6).to_items()
        guest.wait_for(lambda: guest.heard((6, "ready")))
        assert not guest.file(names)
        guest.items = type(made)("director", {**made.files, names: "[Resolve]\nDNSOverTLS=no\n"}, {}, 7).to_items()
        guest.wait_for(lambda: guest.heard((7, "failed")))
    assert guest.calls.count(restart) == restarts


def test_an_agent_with_nothing_to_do_asks_less_often(guest: FakeGuest, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", f"{guest.root / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("ROOT", str(guest.root))
    monkeypatch.setenv("RECORDINGS", str(RECORDINGS))
    agent = Agent(Guest(guest.root, f"127.0.0.1:{guest.port}"))
    agent.turn()
    assert agent.pause(2) == 2, "until there is a configuration each second counts"
    guest.items = director(5).to_items()
    while not guest.heard((5, "ready")):
        assert agent.pause(2) == 2, "what is applied is looked at until it runs"
        agent.turn()
    assert agent.pause(2) == 5, "a thousand guests ask the same service"
    guest.items |= {orders.ITEM: "keepalived-killed 7 lan"}
    agent.turn()
    assert agent.pause(2) == 2, "how long a fault lasts is measured by what is said of it"
