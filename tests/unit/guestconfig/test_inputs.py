"""What the provider finds wrong with inputs, and what it shows as different. Pure."""

import random

import pytest
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import PropertyDiffKind
from pulumi.runtime.rpc import UNKNOWN

from guestconfig.difference import difference
from guestconfig.inputs import findings, read_inputs

KEEPALIVED = "/etc/keepalived/keepalived.conf"


def wrap(value: object) -> PropertyValue:
    return PropertyValue({key: wrap(item) for key, item in value.items()} if isinstance(value, dict) else value)


def properties(**changes: object) -> dict[str, PropertyValue]:
    inputs = {
        "host": "lvs-dr-director-1",
        "role": "director",
        "server_id": "5f0c",
        "delivery": "channel",
        "files": {KEEPALIVED: "weight 1\n"},
        "interfaces": {"lan": "fa:16:3e:00:00:01"},
        "deadline": 900.0,
        **changes,
    }
    return {name: wrap(value) for name, value in inputs.items()}


def state(**changes: object) -> dict[str, PropertyValue]:
    done = properties(**changes)
    digest = read_inputs(done).manifest(0).digest
    return {**done, "digest": wrap(digest), "generation": wrap(7.0)}


def test_good_inputs_have_no_findings():
    assert list(findings(properties())) == []


HUGE = "".join(random.Random(1).choices("0123456789abcdef", k=60_000))  # noqa: S311 - only hard to compress
UNKNOWN_PATH = "is not a file that may be delivered: the guest's agent knows a fixed list of paths"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"delivery": "pigeon"}, [("delivery", "is 'pigeon'; allowed are channel and user-data")]),
        ({"host": None}, [("host", "is missing; every input is needed")]),
        ({"deadline": "soon"}, [("deadline", "must be a number of seconds")]),
        ({"role": 3.0}, [("role", "must be a text")]),
        ({"interfaces": "eth0"}, [("interfaces", "must be a map of texts")]),
        ({"files": {KEEPALIVED: 1.0}}, [("files", "must be a map of texts")]),
        ({"files": {"/etc/passwd": ""}}, [('files["/etc/passwd"]', UNKNOWN_PATH)]),
        (
            {"server": "x", "role": 1.0},
            [
                (
                    "server",
                    "there is no such input; the inputs are host, role, server_id, delivery, files, interfaces, "
                    "deadline",
                ),
                ("role", "must be a text"),
            ],
        ),
    ],
)
def test_every_finding_is_named(changes: dict[str, object], expected: list[tuple[str, str]]):
    assert list(findings(properties(**changes))) == expected


def test_too_large_for_the_channel_says_what_took_the_room_and_the_way_out():
    ((where, what),) = findings(properties(files={KEEPALIVED: HUGE}))
    assert where == "files"
    assert what.startswith("are too large for the channel: the configuration takes 184 metadata items, 124 are free")
    assert what.endswith(f"compressed: {KEEPALIVED} (34719 bytes). Shorten them, or use `delivery: user-data`")
    assert list(findings(properties(files={KEEPALIVED: HUGE}, delivery="user-data"))) == [], (
        "user data has its own limit"
    )


def test_what_is_not_known_in_a_preview_is_no_finding():
    assert list(findings(properties(server_id=UNKNOWN, files=UNKNOWN, interfaces=UNKNOWN))) == []
    assert list(findings(properties(files={KEEPALIVED: UNKNOWN}))) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {}),
        ({"deadline": 60.0}, {}),
        ({"files": {KEEPALIVED: "weight 5\n"}}, {f'files["{KEEPALIVED}"]': PropertyDiffKind.UPDATE}),
        (
            {"files": {"/etc/nftables.conf": "x"}},
            {
                'files["/etc/keepalived/keepalived.conf"]': PropertyDiffKind.DELETE,
                'files["/etc/nftables.conf"]': PropertyDiffKind.ADD,
            },
        ),
        ({"server_id": "6a1d"}, {"server_id": PropertyDiffKind.UPDATE}),
        ({"server_id": UNKNOWN}, {"server_id": PropertyDiffKind.UPDATE}),
        ({"files": UNKNOWN}, {"files": PropertyDiffKind.UPDATE}),
        ({"interfaces": {"lan": "fa:16:3e:00:00:02"}}, {'interfaces["lan"]': PropertyDiffKind.UPDATE}),
    ],
)
def test_each_file_differs_under_its_own_path(changes: dict[str, object], expected: dict[str, PropertyDiffKind]):
    found = difference(state(), properties(**changes))
    assert {path: diff.kind for path, diff in found.items()} == expected
    assert all(diff.input_diff for diff in found.values()), "else the preview shows no lines"


def test_a_configuration_that_the_guest_never_reported_is_delivered_again():
    failed = {**state(), "digest": PropertyValue("")}
    assert list(difference(failed, properties())) == ["digest"]


def test_secrecy_is_no_difference():
    secret = {**properties(), "files": wrap({KEEPALIVED: "weight 1\n"}).with_secret(is_secret=True)}
    assert difference(state(), secret) == {}
