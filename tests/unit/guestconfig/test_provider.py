"""The provider, spoken to by gRPC as the engine does; the guest's agent is real, too.

Cannot decide what the engine makes of it; the program's rung and the lab's do.
"""

import asyncio
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2
from tests.unit.guestconfig.fake_guest import FakeGuest, director
from tests.unit.guestconfig.fake_nova import SERVER, FakeNova, fake_nova

from guestconfig import provider, serve, waiting
from guestconfig.waking import WAKE

EXECUTABLE = Path(__file__).parents[3] / "guestconfig/pulumi-resource-guestconfig"
URN = "urn:pulumi:s::p::guestconfig:guest:Configuration::director-1"


class Engine(engine_pb2_grpc.EngineServicer):
    """The engine's ear for the log."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bool]] = []

    def Log(self, request, context):  # noqa: N802 - gRPC's name
        del context
        self.heard.append((request.message, request.ephemeral))
        return empty_pb2.Empty()


@dataclass
class Running:
    """A provider that listens, and the ways to it."""

    stub: provider_pb2_grpc.ResourceProviderStub
    engine: Engine
    nova: FakeNova


@pytest.fixture
def engine() -> Iterator[tuple[Engine, str]]:
    """An engine, and its address."""
    ear = Engine()
    listener = grpc.server(ThreadPoolExecutor(2))
    engine_pb2_grpc.add_EngineServicer_to_server(ear, listener)
    port = listener.add_insecure_port("127.0.0.1:0")
    listener.start()
    yield ear, f"127.0.0.1:{port}"
    listener.stop(None)


@pytest.fixture
def running(engine: tuple[Engine, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A provider with short pauses, on a loop of its own."""
    monkeypatch.setattr(waiting, "PAUSE", 0.1)
    monkeypatch.setattr(waiting, "PAUSES_BEFORE", (0.1, 0.1))
    monkeypatch.setattr(provider, "_BUSY_PAUSE", 0.1)
    ear, address = engine
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    with fake_nova() as nova:
        monkeypatch.delenv("OS_CLOUD", raising=False)
        for name, value in nova.environment.items():
            monkeypatch.setenv(name, value)
        service = asyncio.run_coroutine_threadsafe(serve.start(address), loop).result()
        with grpc.insecure_channel(f"127.0.0.1:{service.port}") as channel:
            yield Running(provider_pb2_grpc.ResourceProviderStub(channel), ear, nova)
        asyncio.run_coroutine_threadsafe(service.end(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def inputs(deadline: float = 30, **changes: object) -> struct_pb2.Struct:
    manifest = director()
    struct = struct_pb2.Struct()
    struct.update(
        {
            "host": "lvs-dr-director-1",
            "role": "director",
            "server_id": SERVER,
            "delivery": "channel",
            "files": dict(manifest.files),
            "interfaces": dict(manifest.interfaces),
            "deadline": deadline,
            **changes,
        }
    )
    return struct


@pytest.fixture
def connected(running: Running, guest: FakeGuest) -> Iterator[Running]:
    """Server metadata reaches the guest, the guest's console reaches Nova."""

    def deliver() -> None:
        guest.items = dict(running.nova.items)

    running.nova.on_items = deliver
    over = threading.Event()

    def console() -> None:
        while not over.wait(0.1):
            running.nova.console = guest.file("/dev/console")

    reader = threading.Thread(target=console)
    reader.start()
    with guest.agent():
        yield running
    over.set()
    reader.join()


def failure_of(call: Callable[[], object]) -> tuple[str, provider_pb2.ErrorResourceInitFailed | None]:
    with pytest.raises(grpc.RpcError) as raised:
        call()
    trailing = dict(raised.value.trailing_metadata() or ())
    detail = provider_pb2.ErrorResourceInitFailed()
    status = status_pb2.Status.FromString(trailing.get("grpc-status-details-bin", b""))
    packed = [part for part in status.details if part.Unpack(detail)]
    return raised.value.details(), detail if packed else None


def create(running: Running, struct: struct_pb2.Struct, *, preview: bool = False) -> provider_pb2.CreateResponse:
    return running.stub.Create(provider_pb2.CreateRequest(urn=URN, properties=struct, preview=preview))


def test_a_resource_is_there_when_its_guest_says_so(connected: Running):
    made = create(connected, inputs())
    assert made.id == "lvs-dr-director-1"
    assert made.properties["digest"] == director().digest
    assert ("ready", True) in connected.engine.heard, "progress replaces itself in Pulumi's display"


def test_a_refused_configuration_leaves_a_resource_that_the_next_update_takes_up(connected: Running):
    made = create(connected, inputs())
    broken = inputs(files={**director().files, "/etc/keepalived/keepalived.conf": "broken"})
    update = provider_pb2.UpdateRequest(urn=URN, id=made.id, olds=made.properties, news=broken)
    _, detail = failure_of(lambda: connected.stub.Update(update))
    assert detail
    assert "lvs-dr-director-1 is not ready: its agent reports that the step `check` failed" in detail.reasons[0]
    assert "line 1: broken is unknown" in detail.reasons[0]
    assert (detail.properties["digest"], detail.inputs["files"]) == ("", broken["files"])
    diff = provider_pb2.DiffRequest(urn=URN, id=made.id, olds=detail.properties, news=broken)
    assert list(connected.stub.Diff(diff).detailedDiff) == ["digest"]


def test_a_silent_guest_is_named_at_the_deadline(running: Running):
    running.nova.console = "Kernel panic - not syncing\n"
    message, detail = failure_of(lambda: create(running, inputs(deadline=1)))
    assert message.startswith("lvs-dr-director-1 is not ready: no report of this configuration within 1 s")
    assert detail
    assert "Kernel panic" in detail.reasons[0]


def test_wrong_credentials_are_a_sentence_and_leave_no_resource(running: Running):
    running.nova.status = "FORBIDDEN"
    message, detail = failure_of(lambda: create(running, inputs()))
    assert "the cloud does not let us in" in message
    assert "Traceback" not in message
    assert detail is None


def test_a_preview_asks_nothing(running: Running):
    assert create(running, inputs(), preview=True).properties["host"] == "lvs-dr-director-1"
    assert running.nova.asked == []


def test_being_woken_is_answered_with_nothing(running: Running):
    answer = running.stub.Invoke(provider_pb2.InvokeRequest(tok=WAKE))
    assert (len(answer.failures), running.engine.heard) == (0, []), "a program wakes the provider in every run"


def test_a_busy_server_is_asked_again(connected: Running):
    create(connected, inputs())
    connected.nova.refusals = [409]
    create(connected, inputs())


def test_a_refresh_sees_a_server_that_is_gone_and_a_configuration_that_was_taken_away(connected: Running):
    made = create(connected, inputs())
    read = provider_pb2.ReadRequest(urn=URN, id=made.id, properties=made.properties, inputs=inputs())
    same = connected.stub.Read(read)
    assert (same.id, same.properties) == (made.id, made.properties), "a refresh of what is fine changes nothing"
    connected.nova.items = {}
    assert connected.stub.Read(read).properties["digest"] == ""
    read.properties["server_id"] = "another"
    assert connected.stub.Read(read).id == ""


def test_deleting_withdraws_and_does_not_mind_a_server_that_is_gone(connected: Running):
    made = create(connected, inputs())
    delete = provider_pb2.DeleteRequest(urn=URN, id=made.id, properties=made.properties)
    connected.stub.Delete(delete)
    assert connected.nova.items == {}
    delete.properties["server_id"] = "another"
    connected.stub.Delete(delete)


def test_guests_are_waited_for_side_by_side(running: Running):
    before = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        failures = list(pool.map(lambda _: failure_of(lambda: create(running, inputs(deadline=2))), range(8)))
    assert all("within 2 s" in message for message, _ in failures)
    assert time.monotonic() - before < 8 * 2, "one after the other would take this long"


def test_the_engines_goodbye_ends_the_process_quietly(engine: tuple[Engine, str]):
    process = subprocess.Popen([EXECUTABLE, engine[1], "--logtostderr"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    assert int(process.stdout.readline()) > 0, "the engine reads the port from the first line"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors) == (0, b"")


def test_cancelling_ends_a_wait(running: Running):
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(failure_of, lambda: create(running, inputs(deadline=300)))
        while not any("getConsole" in call or call.endswith("/action") for call in running.nova.asked):
            time.sleep(0.1)
        running.stub.Cancel(empty_pb2.Empty())
        message, _ = pending.result(timeout=60)
    assert "interrupted" in message
