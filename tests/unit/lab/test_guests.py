"""Can decide: which machine a server's name means. Cannot: whether Nova tells the truth (tests/lab)."""

from typing import Any

import pytest

from lab.errors import LabError
from lab.guests import Placement, choose


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
