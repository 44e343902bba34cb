"""What a failing test on guests prints of their consoles."""

from drill import consoles
from guestconfig import frames, report
from tests.lab.evidence import readable


def test_frames_are_read_out_and_nothing_is_said_twice():
    said = frames.frame(report.PREFIX, {"status": "ready"})
    held = frames.frame(consoles.ADDRESSES, {"addresses": ["192.0.2.1"]})
    probe = frames.frame(consoles.PROBE, {"long": "record"})
    console = f"[  1.0] booting\n\n{said}\n{probe}\n{said}\n{held}\n{said}\n"

    assert readable(console).splitlines() == ["[  1.0] booting", '{"status": "ready"}', '{"addresses": ["192.0.2.1"]}']


def test_a_frame_that_arrived_in_part_is_left_out():
    broken = frames.frame(report.PREFIX, {"status": "ready"})[:-4]

    assert readable(f"{broken}\nlast words\n") == "last words"
