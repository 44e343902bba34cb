"""What a director does on a drill's order, and what it does not. The guest is a folder, its programs are scripts."""

import pytest
from tests.unit.guestconfig.fake_guest import MAC, FakeGuest, director

from guestconfig import frames, orders
from guestconfig.agent.faults import LAST, Faults
from guestconfig.agent.guest import Guest
from guestconfig.agent.sources import LocalSource
from guestconfig.orders import Order

MACS = {"lan": MAC}


@pytest.fixture
def programs(guest: FakeGuest, monkeypatch: pytest.MonkeyPatch) -> FakeGuest:
    """The guest, whose scripts are this process's programs."""
    monkeypatch.setenv("PATH", f"{guest.root / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("ROOT", str(guest.root))
    (guest.root / "bin/systemd-run").write_text('#!/bin/sh\necho "systemd-run $*" >>"$ROOT/calls"\n')
    (guest.root / "bin/systemd-run").chmod(0o755)
    script = guest.root / "bin/systemctl"
    script.write_text("""#!/bin/sh
echo "systemctl $*" >>"$ROOT/calls"
case "$1" in
show) cat "$ROOT/process" ;;
kill) test -e "$ROOT/alive" || { echo "Unit not loaded."; exit 1; }; echo 2 >"$ROOT/process" ;;
esac
""")
    (guest.root / "process").write_text("1\n")
    (guest.root / "alive").touch()
    return guest


def _said(guest: FakeGuest) -> list[tuple[str, str]]:
    found = frames.find(orders.PREFIX, guest.file("/dev/console"))
    return [(frame["state"], frame["reason"]) for frame in found]


def _faults(guest: FakeGuest, role: str = "director") -> Faults:
    return Faults(Guest(guest.root), role)


def _kills(guest: FakeGuest) -> list[str]:
    return [call for call in guest.calls if " kill " in call]


def test_keepalived_is_killed_whole_and_its_return_is_said(programs: FakeGuest):
    faults = _faults(programs)
    faults.turn("keepalived-killed 7 lan", MACS)
    assert _kills(programs) == ["systemctl kill --kill-whom=all --signal=KILL keepalived.service"], (
        "of a parent killed alone the children say goodbye"
    )
    faults.turn("keepalived-killed 7 lan", MACS)
    assert [state for state, _ in _said(programs)][-1] == orders.OVER
    assert len(_kills(programs)) == 1, "each order is obeyed once"


def test_an_order_is_not_obeyed_again_after_a_reboot_nor_from_an_old_cache(programs: FakeGuest):
    _faults(programs).turn("keepalived-killed 7 lan", MACS)
    after = _faults(programs)
    after.turn("keepalived-killed 7 lan", MACS)
    after.turn("keepalived-killed 6 lan", MACS)
    assert len(_kills(programs)) == 1
    assert programs.file(LAST) == "7"


def test_a_link_goes_down_for_a_bounded_time_by_another_hand_than_the_agents(programs: FakeGuest):
    _faults(programs).turn("link-down 7 lan", MACS)
    (call,) = [call for call in programs.calls if call.startswith("systemd-run")]
    assert call.startswith("systemd-run --collect sh -c ip link set dev"), "systemd mends it, also without an agent"
    assert call.endswith(f" sh ens3 {orders.LINK_SECONDS}"), "name and time are arguments, never part of the command"
    assert _said(programs)[-1] == (orders.BEGUN, "")


def test_a_network_that_is_not_there_is_refused(programs: FakeGuest):
    _faults(programs).turn("link-down 7 moon", MACS)
    assert _said(programs)[-1] == (orders.REFUSED, "there is no interface on network moon")


def test_a_daemon_that_is_not_there_is_refused(programs: FakeGuest):
    (programs.root / "alive").unlink()
    _faults(programs).turn("haproxy-killed 7 lan", MACS)
    assert _said(programs)[-1] == (orders.REFUSED, "Unit not loaded.")


@pytest.mark.parametrize(
    "text",
    [
        "crash 7 lan",
        "reboot 7 lan",
        "keepalived-killed",
        "keepalived-killed 7",
        "keepalived-killed 7 lan; reboot",
        "keepalived-killed 7 $(reboot)",
        "link-down 7 ../lan",
        "",
    ],
)
def test_what_is_not_on_the_list_is_passed_over(programs: FakeGuest, text: str):
    _faults(programs).turn(text, MACS)
    assert [call for call in programs.calls if not call.startswith("systemctl show")] == []


def test_only_a_director_obeys(programs: FakeGuest):
    _faults(programs, "real-server").turn("keepalived-killed 7 lan", MACS)
    assert programs.calls == []


def test_the_agent_reads_its_order_from_the_metadata(guest: FakeGuest):
    guest.items = director(5).to_items()
    with guest.agent():
        guest.wait_for(lambda: guest.heard((5, "ready")))
        assert _kills(guest)[0].endswith("--signal=USR1 keepalived.service"), "without an order it only asks"
        guest.items = {**director(5).to_items(), orders.ITEM: Order("keepalived-killed", 7, "lan").to_text()}
        guest.wait_for(lambda: orders.BEGUN in [state for state, _ in _said(guest)])
    assert [call for call in guest.calls if "--signal=KILL" in call]


def test_a_director_whose_files_came_with_its_user_data_hears_an_order_too(guest: FakeGuest):
    (guest.root / "etc/vipstack/agent.json").write_text('{"source": "local", "role": "director"}')
    (guest.root / "etc/vipstack/manifest.json").write_text(director().to_json())
    guest.items = {orders.ITEM: "keepalived-killed 7 lan"}
    with guest.agent():
        guest.wait_for(lambda: any("--signal=KILL" in call for call in guest.calls))


def test_without_a_metadata_service_files_from_user_data_are_in_use_all_the_same(guest: FakeGuest):
    (guest.root / "etc/vipstack/agent.json").write_text('{"source": "local", "role": "director"}')
    (guest.root / "etc/vipstack/manifest.json").write_text(director().to_json())
    guest.status = 503
    with guest.agent():
        guest.wait_for(lambda: guest.heard((1, "ready")))


@pytest.mark.parametrize(("first", "heard"), [(200, "keepalived-killed 7 lan"), (503, None)])
def test_a_metadata_service_is_asked_again_at_once_where_it_has_ever_answered(guest: FakeGuest, first: int, heard: str):
    """A slow cloud's answer comes late at times; where there is none at all, a minute passes between two questions."""
    (guest.root / "etc/vipstack/manifest.json").write_text(director().to_json())
    source = LocalSource(Guest(guest.root, f"127.0.0.1:{guest.port}"), listens=True)
    for guest.status in (first, 503):
        source.fetch()
    guest.status, guest.items = 200, {orders.ITEM: "keepalived-killed 7 lan"}
    source.fetch()
    assert source.order == heard


def test_an_order_says_the_same_at_both_ends():
    order = Order("link-down", 1795250563, "web_1.lan")
    assert orders.parse(order.to_text()) == order
    assert orders.parse("crash") == Order("crash", 0, ""), "the mark of an older drill"
