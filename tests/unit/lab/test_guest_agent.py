"""Can decide: what is asked of an agent and how its answers are read. Cannot: whether a guest has one (tests/lab)."""

import base64
import json
from typing import Any

import pytest

from lab.errors import LabError
from lab.guest_agent import GuestAgent


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class Recorded:
    """An agent's answers in the order they were recorded; keeps what was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def __call__(self, request: str) -> str:
        """One request, one recorded answer."""
        self.asked.append(json.loads(request))
        answer = self.answers.pop(0)
        return json.dumps(answer if isinstance(answer, dict) and "error" in answer else {"return": answer})


def test_a_command_is_asked_for_until_it_has_ended() -> None:
    agent = Recorded(
        {"pid": 7},
        {"exited": False},
        {"exited": True, "exitcode": 3, "out-data": _encoded("a\n"), "err-data": _encoded("b\n")},
    )
    result = GuestAgent("ha1", agent).run(["ip", "address"])
    assert (result.returncode, result.stdout, result.stderr) == (3, "a\n", "b\n"), "both texts and the status come back"
    assert agent.asked[0]["arguments"] == {"path": "ip", "arg": ["address"], "capture-output": True}, "words stay words"
    assert [request["execute"] for request in agent.asked[1:]] == ["guest-exec-status"] * 2, "it was running once"


def test_a_string_is_for_the_guests_shell() -> None:
    agent = Recorded({"pid": 7}, {"exited": True, "exitcode": 0})
    assert GuestAgent("ha1", agent).run("ip a | wc -l").stdout == "", "no output is an empty text"
    assert agent.asked[0]["arguments"]["arg"] == ["-c", "ip a | wc -l"], "pipes are what a shell is for"


def test_a_signal_shows_as_a_shell_would_show_it() -> None:
    agent = Recorded({"pid": 7}, {"exited": True, "signal": 9})
    assert GuestAgent("ha1", agent).run("x").returncode == 137, "128 + SIGKILL"


def test_a_failed_command_is_an_error_where_success_was_asked_for() -> None:
    agent = Recorded({"pid": 7}, {"exited": True, "exitcode": 5, "err-data": _encoded("no such table\n")})
    with pytest.raises(LabError, match=r"'ipvsadm -Ln' ended with status 5: no such table"):
        GuestAgent("ha1", agent).run(["ipvsadm", "-Ln"], check=True)


def test_a_command_beyond_its_deadline_is_killed_in_the_guest() -> None:
    agent = Recorded({"pid": 7}, {"exited": False}, {"pid": 8})
    with pytest.raises(LabError, match=r"'sleep 9' still runs after 0 s, and was killed"):
        GuestAgent("ha1", agent).run("sleep 9", timeout=0)
    assert agent.asked[-1]["arguments"] == {"path": "kill", "arg": ["-KILL", "7"]}, "it must not go on unseen"


def test_a_command_that_is_not_there_is_named() -> None:
    refusal = {
        "error": {"class": "GenericError", "desc": "Guest agent command failed: Failed to execute child process"}
    }
    with pytest.raises(LabError, match="refused guest-exec: Guest agent command failed"):
        GuestAgent("ha1", Recorded(refusal)).run(["nosuch"])


def test_a_large_file_travels_in_pieces_that_fit_a_command_line() -> None:
    content = bytes(range(256)) * 400
    agent = Recorded(11, {"count": 49152}, {"count": 49152}, {"count": 4096}, {})
    pieces = GuestAgent("ha1", agent)
    pieces.put("/run/blob", content)
    writes = [request["arguments"]["buf-b64"] for request in agent.asked if request["execute"] == "guest-file-write"]
    assert b"".join(map(base64.b64decode, writes)) == content, "what arrives is what was sent"
    assert max(map(len, writes)) < 128 * 1024, "Linux refuses a longer word"
    assert agent.asked[-1]["execute"] == "guest-file-close", "an open handle would keep the file busy"


def test_a_file_comes_back_byte_by_byte() -> None:
    binary = bytes([0, 255, 10])
    agent = Recorded({"pid": 7}, {"exited": True, "exitcode": 0, "out-data": base64.b64encode(binary).decode()})
    assert GuestAgent("ha1", agent).get("/run/blob") == binary, "a capture is not text"


def test_a_file_that_is_not_there_is_named() -> None:
    agent = Recorded(
        {"pid": 7}, {"exited": True, "exitcode": 1, "err-data": _encoded("cat: /x: No such file or directory\n")}
    )
    with pytest.raises(LabError, match=r"/x cannot be read: cat: /x: No such file"):
        GuestAgent("ha1", agent).get("/x")
