"""Waits for a guest's report: polls the console, tells how far it is, and gives up with what is known.

Never blocks the event loop, since many guests are waited for at once. Deliberately does not set anything.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from guestconfig import report
from guestconfig.cloud import TroubleError
from guestconfig.console import Wanted, listen, tail

# Seconds between two looks since the guest said something.
PAUSE = 3.0
# And before: it boots, which takes half a minute or many. A tenth of the time waited so far, within these bounds.
PAUSES_BEFORE = (5.0, 10.0)
# So that guests made at once are not asked at once; a fraction of the pause.
JITTER = 0.2
# Every so many looks the server's status is asked, too, unless it said something since: Nova asks Neutron for it.
STATUS_EVERY = 4
# The console's last lines are enough while one listens; an agent repeats its report.
LINES = 400
# A server in one of these states says nothing.
DOWN = frozenset({"SHUTOFF", "PAUSED", "SUSPENDED", "ERROR", "SHELVED", "SHELVED_OFFLOADED", "SOFT_DELETED", "RESCUE"})
# How long a server that is down is waited for. Pulumi starts no further step once one has failed, so the other guests'
# steps get the time to begin; and whoever just starts it again is not punished.
DOWN_GRACE = 60.0


class ConsoleApi(Protocol):
    """The part of ``cloud.Cloud`` that is used here."""

    def status(self, server: str) -> tuple[str, str]:
        """The server's status and the fault's words."""
        ...

    def console(self, server: str, lines: int) -> str:
        """The last lines of the server's console."""
        ...


class NotReadyError(Exception):
    """The guest did not report what was waited for; the text says what it did instead."""


def pause_before(waited: float) -> float:
    """How long to leave a guest alone that has said nothing in the seconds waited so far."""
    least, most = PAUSES_BEFORE
    return min(most, max(least, waited / 10))


@dataclass
class Wait:
    """One guest's wait. ``tell`` shows a line of progress, ``warn`` one that stays."""

    api: ConsoleApi
    server: str
    wanted: Wanted
    deadline: float
    stop: asyncio.Event
    tell: Callable[[str], Awaitable[None]]
    warn: Callable[[str], Awaitable[None]]

    def __post_init__(self) -> None:
        """Nothing was seen yet."""
        self._console = self._console_then = ""
        self._progress = "nothing yet"
        self._down = ""
        self._down_since: float | None = None

    async def run(self) -> None:
        """Return when the guest is ready.

        Raises:
            NotReadyError: it failed, is down, the deadline passed, or the wait was interrupted.
            CloudError: the server is gone, or the cloud no longer lets us in.
        """
        began = time.monotonic()
        looks = 0
        while True:
            try:
                if looks % STATUS_EVERY == 0:
                    await self._look_at_silent_server()
                if await self._listen():
                    return
            except TroubleError as error:
                await self._show(str(error))
            looks += 1
            self._give_up(began + self.deadline)
            await self._sleep(time.monotonic() - began)

    async def _look_at_silent_server(self) -> None:
        """Ask what the server does, unless it ran and has said something since the last time."""
        spoke = self._console != self._console_then
        self._console_then = self._console
        if spoke and self._down_since is None:
            return
        status, fault = await asyncio.to_thread(self.api.status, self.server)
        if status not in DOWN:
            self._down_since = None
            return
        self._down = f"{status} ({fault})" if fault else status
        if self._down_since is None:
            self._down_since = time.monotonic()
            await self.warn(f"the server is {self._down}: its configuration waits for it")

    async def _listen(self) -> bool:
        self._console = await asyncio.to_thread(self.api.console, self.server, LINES) or self._console
        heard = listen(self._console, self.wanted)
        if heard.failure:
            raise NotReadyError(heard.failure)
        await self._show(heard.progress)
        return heard.done

    async def _show(self, progress: str) -> None:
        if progress != self._progress:
            self._progress = progress
            await self.tell(progress)

    def _give_up(self, until: float) -> None:
        now = time.monotonic()
        if self._down_since is not None and now - self._down_since > DOWN_GRACE:
            raise NotReadyError(
                f"the server is {self._down}. Its configuration waits for it, and it takes it when it runs again; "
                "start the server, and run `pulumi up` once more to see it ready"
            )
        if self.stop.is_set():
            raise NotReadyError("the update was interrupted while waiting for its report; run `pulumi up` once more")
        if now > until:
            end = "\n  ".join(("the end of its console:", *tail(self._console))) if self._console else "empty console"
            raise NotReadyError(
                f"no report of this configuration within {self.deadline:.0f} s (`ready-timeout`); "
                f"seen last: {self._progress}\n{end}"
            )

    async def _sleep(self, waited: float) -> None:
        pause = PAUSE if report.PREFIX in self._console else pause_before(waited)
        pause *= 1 + random.uniform(-JITTER, JITTER)  # noqa: S311 - spreads load, guards nothing
        try:
            await asyncio.wait_for(self.stop.wait(), pause)
        except TimeoutError:
            return
