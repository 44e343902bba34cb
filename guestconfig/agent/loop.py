"""The agent's life: what was last in use is restored at boot, then the source is asked, again and again.

A newer generation wins, never an older one: Nova's metadata workers cache for 15 s, each for itself, and may answer in
turns with the new and the old. What failed is not tried again until something newer comes; what is applied but not yet
as expected is looked at until it is.
"""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Iterable
from typing import Any, cast

from guestconfig import report, wire
from guestconfig.agent import configuring, expectations, faults, packages, storage
from guestconfig.agent.guest import Guest, StepError
from guestconfig.agent.reporting import Reporter, without_secrets
from guestconfig.agent.sources import LocalSource, MetadataSource, UnreachableError

POLL = 2.0
# How many times longer the pause is where everything is as wanted: Nova answers from its cache for 15 s anyway, and a
# thousand guests ask the same service.
CALM = 2.5
# For how long the source may be silent or half-written before that is reported: a router's first port
# takes a minute, more in a busy cloud.
SOURCE_PATIENCE = 150
# For how long the running system may take to become as expected before that counts as failed.
VERIFY_PATIENCE = 240
# cloud-init leaves this when it is done with everything, packages included.
CLOUD_INIT_RESULT = "/run/cloud-init/result.json"
CLOUD_INIT_LOG = "/var/log/cloud-init-output.log"

STEP_WAITING = "waiting for a configuration"
STEP_PACKAGES = "packages"
STEP_VERIFY = "verify"
STEP_SOURCE = "fetch"
STEP_AGENT = "agent"


class Agent:
    """One agent on one guest. ``turn`` is called for ever."""

    def __init__(self, guest: Guest) -> None:
        settings = cast("dict[str, Any]", json.loads(guest.read(wire.AGENT_CONFIG_PATH) or b"{}"))
        self._guest = guest
        self._role = str(settings.get("role", ""))
        self._source: LocalSource | MetadataSource = (
            LocalSource(guest, listens=self._role == faults.OBEYS)
            if settings.get("source") == "local"
            else MetadataSource(guest)
        )
        self._reporter = Reporter(guest)
        self._faults = faults.Faults(guest, self._role)
        self._wanted: wire.Manifest | None = None
        self._applied = self._ready = False
        self._standing = self._report(report.APPLYING, STEP_WAITING, (), None)
        self._since = time.monotonic()
        self._silent_since: float | None = None

    def start(self) -> None:
        """Restore what was in use before the boot."""
        self._wanted = storage.recall(self._guest, storage.CURRENT)
        if self._wanted is None:
            self._reporter.say(self._standing)

    def turn(self) -> None:
        """Look once at everything that may have changed."""
        newest = self._fetch()
        if newest and (self._wanted is None or newest.generation > self._wanted.generation):
            self._wanted, self._applied, self._ready = newest, False, False
            self._since = time.monotonic()
        if self._wanted and not self._applied:
            self._apply(self._wanted)
        if self._applied and not self._ready:
            self._verify()
        if self._ready and self._wanted:
            self._faults.turn(self._source.order, self._wanted.interfaces)
        self._reporter.tick()

    def pause(self, poll: float) -> float:
        """For how long nobody misses a turn: ``poll`` seconds, longer where nothing is under way."""
        return poll * CALM if self._ready and not self._faults.busy else poll

    def stumble(self, error: Exception) -> None:
        """Report what no step foresaw: a silent agent would be waited for in vain."""
        traceback.print_exc()
        self._say(report.FAILED, STEP_AGENT, [f"an error that was not foreseen: {error!r}"])

    def _fetch(self) -> wire.Manifest | None:
        try:
            manifest = self._source.fetch()
        except wire.AbsentError:
            manifest = None
        except (UnreachableError, wire.WireError) as error:
            now = time.monotonic()
            self._silent_since = self._silent_since or now
            if now - self._silent_since > SOURCE_PATIENCE:
                self._say_source(error)
            return None
        if self._silent_since and time.monotonic() - self._silent_since > SOURCE_PATIENCE:
            # That was reported; say again how things stand.
            self._reporter.say(self._standing)
        self._silent_since = None
        return manifest

    def _say_source(self, error: Exception) -> None:
        if isinstance(error, UnreachableError):
            text = f"the metadata service at {self._guest.metadata} does not answer: {error}"
            self._reporter.say(self._report(report.FAILED, report.STEP_METADATA, [text], None))
        else:
            self._reporter.say(self._report(report.FAILED, STEP_SOURCE, [str(error)], None))

    def _apply(self, manifest: wire.Manifest) -> None:
        if missing := packages.missing(self._guest, manifest):
            self._wait_for_packages(missing)
            return
        self._applied = True
        try:
            configuring.configure(self._guest, self._role, manifest, lambda step: self._say(report.APPLYING, step))
        except StepError as error:
            self._fail(error.step, error.log)
        except OSError as error:
            self._fail("write", [str(error)])
        self._since = time.monotonic()

    def _fail(self, step: str, log: Iterable[str]) -> None:
        # Nothing more to verify: the guest is as it was before.
        self._ready = True
        self._say(report.FAILED, step, log)

    def _wait_for_packages(self, missing: list[str]) -> None:
        text = f"not there: {', '.join(missing)}"
        if self._guest.read(CLOUD_INIT_RESULT) is None:
            self._say(report.APPLYING, STEP_PACKAGES, [text])
            return
        end = (self._guest.read(CLOUD_INIT_LOG) or b"").decode(errors="replace").splitlines()
        log = [f"{text}, and cloud-init has finished; the end of its log:", *end[-10:]]
        self._say(report.FAILED, STEP_PACKAGES, log)

    def _verify(self) -> None:
        missing, notes = expectations.unmet(self._guest)
        if not missing:
            self._ready = True
            self._say(report.READY, STEP_VERIFY, notes)
        elif time.monotonic() - self._since > VERIFY_PATIENCE:
            self._say(report.FAILED, STEP_VERIFY, missing)
        else:
            self._say(report.APPLYING, STEP_VERIFY, missing)

    def _say(self, status: str, step: str, log: Iterable[str] = ()) -> None:
        self._standing = self._report(status, step, log, self._wanted)
        self._reporter.say(self._standing)

    def _report(self, status: str, step: str, log: Iterable[str], manifest: wire.Manifest | None) -> report.Report:
        return report.Report(
            host=self._guest.name,
            role=self._role,
            generation=manifest.generation if manifest else 0,
            digest=manifest.digest if manifest else "",
            status=status,
            step=step,
            log=without_secrets(log, self._wanted.files if self._wanted else {}),
            boot=self._guest.boot,
        )


def run(guest: Guest, poll: float) -> None:
    """Run until the process is ended; ``poll`` is the pause between two turns in seconds while something goes on."""
    agent = Agent(guest)
    agent.start()
    while True:
        try:
            agent.turn()
        except Exception as error:  # noqa: BLE001 - whatever it is, it must be heard of
            agent.stumble(error)
        time.sleep(agent.pause(poll))
