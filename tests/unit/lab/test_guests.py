"""Can decide: which machine a server's name means. Cannot: whether Nova tells the truth (tests/lab)."""

import json
from typing import Any

import pytest

from lab.errors import LabError
from lab.guests import Placement, choose, read_answer


def _server(identity: str, host: str | None = "host2", status: str = "ACTIVE") -> dict[str, Any]:
    return {
        "id": identity,
        "status": status,
        "OS-EXT-SRV-ATTR:host": host,
        "OS-EXT-SRV-ATTR:instance_name": "instance-00000007",
    }


def test_one_server_is_the_one() -> None:
    assert choose("ha1", [_server("a")]) == Placement("a", "host2", "instance-00000007", "ACTIVE"), "host and domain"


def test_no_server_of_that_name_is_an_error_with_a_remedy() -> None:
    with pytest.raises(LabError, match=r"guest ha1: there is no server of that name[\s\S]*server list --all-projects"):
        choose("ha1", [])


def test_several_servers_of_a_name_are_listed() -> None:
    with pytest.raises(LabError, match=r"2 servers have that name: a, b"):
        choose("ha1", [_server("b"), _server("a")])


def test_a_server_that_was_never_built_is_on_no_host() -> None:
    with pytest.raises(LabError, match=r"it is on no compute host; Nova says ERROR"):
        choose("ha1", [_server("a", host=None, status="ERROR")])


def test_the_agents_answer_is_the_json_that_virsh_prints() -> None:
    assert read_answer(0, '{"return":{"pid":7}}\n\n') == '{"return":{"pid":7}}\n\n', "a JSON reader skips the blanks"


def test_a_refusal_that_libvirt_wraps_is_the_agents_again() -> None:
    recorded = (
        "error: internal error: unable to execute QEMU agent command 'guest-exec': Guest agent command failed, error "
        "was 'Failed to execute child process \u201cnosuch\u201d (No such file or directory)'\n"
    )
    answer = read_answer(1, recorded)
    assert answer is not None, "the agent did answer: a missing command is not a guest that is still booting"
    assert "No such file or directory" in json.loads(answer)["error"]["desc"], "the reason is what helps"


def test_an_agent_that_is_not_connected_has_not_answered() -> None:
    recorded = "error: Guest agent is not responding: QEMU guest agent is not connected\n"
    assert read_answer(1, recorded) is None, "the guest boots, or is dead"
