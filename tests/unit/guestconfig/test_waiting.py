"""Waiting for a report, with a console that a test writes and pauses near nothing."""

import asyncio
import time

import pytest

from guestconfig import waiting
from guestconfig.cloud import GoneError, TroubleError
from guestconfig.console import Wanted
from guestconfig.report import Report, frame
from guestconfig.waiting import NotReadyError, Wait

WANTED = Wanted("channel", "ab" * 32, 7)
READY = frame(Report("h", "director", 7, "ab" * 32, "ready", "verify"))


class Api:
    """A server whose console grows by one entry a look; an exception among them is raised."""

    def __init__(self, *looks: str | Exception, status: str = "ACTIVE") -> None:
        self.looks = list(looks)
        self.text = ""
        self.now = status

    def status(self, server: str) -> tuple[str, str]:
        del server
        return self.now, "no valid host" if self.now == "ERROR" else ""

    def console(self, server: str, lines: int) -> str:
        del server, lines
        look = self.looks.pop(0) if self.looks else ""
        if isinstance(look, Exception):
            raise look
        self.text += f"{look}\n"
        return self.text


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PAUSE", 0.01)
    monkeypatch.setattr(waiting, "PAUSES_BEFORE", (0.01, 0.01))


def wait(api: Api, *, deadline: float = 5, stop: bool = False) -> tuple[list[str], list[str], NotReadyError | None]:
    told: list[str] = []
    warned: list[str] = []

    async def tell(text: str) -> None:
        told.append(text)

    async def warn(text: str) -> None:
        warned.append(text)

    async def run() -> None:
        event = asyncio.Event()
        if stop:
            event.set()
        await Wait(api, "5f0c", WANTED, deadline, event, tell, warn).run()

    try:
        asyncio.run(run())
    except NotReadyError as error:
        return told, warned, error
    return told, warned, None


def test_progress_is_told_once_until_ready():
    told, warned, error = wait(Api("booting", "", "", READY))
    assert (told, warned, error) == (["booting", "ready"], [], None)


@pytest.mark.parametrize(("waited", "pause"), [(0, 5), (50, 5), (80, 8), (1000, 10)])
def test_a_guest_that_boots_for_long_is_asked_less_often(monkeypatch: pytest.MonkeyPatch, waited: float, pause: float):
    monkeypatch.setattr(waiting, "PAUSES_BEFORE", (5, 10))

    assert waiting.pause_before(waited) == pause


def test_an_api_that_hiccups_is_asked_again():
    told, _, error = wait(Api(TroubleError("Nova answers 503"), READY))
    assert error is None
    assert told == ["Nova answers 503", "ready"]


def test_a_server_that_is_gone_ends_the_wait_at_once():
    with pytest.raises(GoneError):
        wait(Api(GoneError("Nova answers 404")))


def test_the_deadline_names_what_was_seen_last_and_the_end_of_the_console():
    _, _, error = wait(Api("[  1.000000] one", "two"), deadline=0.4)
    assert str(error) == (
        "no report of this configuration within 0 s (`ready-timeout`); seen last: two\n"
        "the end of its console:\n  [  1.000000] one\n  two"
    )


def test_a_server_that_is_down_is_named_at_once_and_given_up_after_the_grace(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(waiting, "DOWN_GRACE", 0.1)
    before = time.monotonic()
    _, warned, error = wait(Api(status="ERROR"), deadline=60)
    assert warned == ["the server is ERROR (no valid host): its configuration waits for it"]
    assert "the server is ERROR (no valid host)" in str(error)
    assert time.monotonic() - before < 10, "the deadline is not waited for"


def test_a_server_that_comes_back_within_the_grace_is_waited_for():
    class Returning(Api):
        def console(self, server: str, lines: int) -> str:
            self.now = "ACTIVE"
            return super().console(server, lines)

    _, warned, error = wait(Returning("", "", READY, status="SHUTOFF"))
    assert len(warned) == 1
    assert error is None


def test_a_server_that_speaks_is_not_asked_how_it_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(waiting, "STATUS_EVERY", 1)
    asked: list[str] = []

    class Counted(Api):
        def status(self, server: str) -> tuple[str, str]:
            asked.append(self.text)
            return super().status(server)

    assert wait(Counted(*("booting" for _ in range(9)), READY))[2] is None
    assert asked == [""], "Nova asks Neutron for each answer, and many guests are waited for"


def test_an_interrupted_update_ends_its_waits():
    assert "interrupted" in str(wait(Api(), stop=True)[2])
