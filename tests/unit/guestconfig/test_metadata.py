"""Delivering to and withdrawing from a server, over HTTP, with as much of Keystone and Nova as that asks.

Cannot decide what a real Nova does; the lab's rung does.
"""

import re
from collections.abc import Iterator

import pytest
from tests.unit.guestconfig.fake_nova import SERVER, FakeNova, fake_nova

from guestconfig import metadata, wire
from guestconfig.cloud import BusyError, Cloud, CloudError, GoneError, TroubleError
from guestconfig.inputs import Inputs


@pytest.fixture
def nova(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeNova]:
    with fake_nova() as running:
        monkeypatch.delenv("OS_CLOUD", raising=False)
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


def inputs(text: str = "", server: str = SERVER) -> Inputs:
    return Inputs("h", "director", server, "channel", {"/etc/nftables.conf": text}, {}, 60)


def test_what_is_delivered_is_what_the_guest_assembles_and_others_keep_their_items(nova: FakeNova):
    nova.items = {"operator": "mine"}
    manifest = metadata.deliver(Cloud(), inputs("table"), now=1000.5)
    assert wire.assemble(nova.items) == manifest
    assert manifest.generation == 1000, "seconds since the epoch"
    assert nova.items["operator"] == "mine"


def test_all_items_are_set_in_one_call(nova: FakeNova):
    seen: list[wire.Manifest] = []
    nova.on_items = lambda: seen.append(wire.assemble(nova.items))
    metadata.deliver(Cloud(), inputs("".join(map(chr, range(32, 127))) * 5), now=1)
    assert len(seen) == 1


def test_old_pieces_beyond_the_new_ones_are_deleted(nova: FakeNova):
    cloud = Cloud()
    metadata.deliver(cloud, inputs(str(3**3000)), now=1)
    many = len(nova.items)
    metadata.deliver(cloud, inputs(""), now=2)
    assert many > len(nova.items) == 2, "a head and one piece"


@pytest.mark.usefixtures("nova")
def test_generations_rise_whatever_the_clock_says():
    cloud = Cloud()
    generations = [metadata.deliver(cloud, inputs(), now).generation for now in (1000, 1000, 500, 2000)]
    assert generations == [1000, 1001, 1002, 2000]


def test_the_items_of_others_may_leave_too_little_room(nova: FakeNova):
    nova.items = {f"operator-{number}": "" for number in range(127)}
    with pytest.raises(wire.TooLargeError, match="1 are free on a server"):
        metadata.deliver(Cloud(), inputs(), now=1)


def test_withdrawing_leaves_what_is_not_ours(nova: FakeNova):
    cloud = Cloud()
    nova.items = {"operator": "mine", "vipstack.probe": "{}"}
    metadata.deliver(cloud, inputs(), now=1)
    metadata.withdraw(cloud, SERVER)
    assert nova.items == {"operator": "mine", "vipstack.probe": "{}"}


def test_what_somebody_took_away_is_seen(nova: FakeNova):
    cloud = Cloud()
    manifest = metadata.deliver(cloud, inputs(), now=1)
    assert metadata.delivered_digest(cloud, SERVER) == manifest.digest
    del nova.items["vipstack.000"]
    assert metadata.delivered_digest(cloud, SERVER) == ""


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (409, BusyError, "Nova answers 409: refused by the test"),
        (503, TroubleError, "Nova answers 503: refused by the test"),
        (429, TroubleError, "Nova answers 429: refused by the test"),
        (403, CloudError, "Nova answers 403: refused by the test"),
    ],
)
def test_novas_refusals_are_told_apart(nova: FakeNova, status: int, error: type[CloudError], words: str):
    nova.refusals = [status] * 9
    with pytest.raises(error) as refusal:
        Cloud().status(SERVER)
    assert str(refusal.value) == words


@pytest.mark.usefixtures("nova")
def test_a_server_that_is_not_there_is_gone():
    with pytest.raises(GoneError):
        Cloud().status("another")


def test_wrong_credentials_name_the_cloud_and_the_variable(nova: FakeNova):
    nova.status = "FORBIDDEN"
    with pytest.raises(CloudError) as refusal:
        Cloud().status(SERVER)
    text = str(refusal.value)
    assert text.startswith(
        f"OS_AUTH_URL={nova.environment['OS_AUTH_URL']} (OS_CLOUD is not set): the cloud does not let"
    )
    assert text.endswith("Set OS_CLOUD to the right name, or correct its entry in clouds.yaml")


@pytest.mark.usefixtures("nova")
def test_a_cloud_that_clouds_yaml_lacks_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OS_CLOUD", "nowhere")
    words = "OS_CLOUD=nowhere: the cloud does not let us in: Cloud nowhere was not found. Allowed is a cloud of"
    with pytest.raises(CloudError, match=re.escape(words)):
        Cloud().status(SERVER)
