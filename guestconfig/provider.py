"""The resource ``guestconfig:guest:Configuration``: there when the guest says that it has what it shall have.

Its life in Pulumi's terms; the work is in ``metadata`` (deliver), ``waiting`` (hear of it) and ``difference``. File
contents are never logged; they stay as secret in the state as the program made them.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.provider import (
    CheckFailure,
    CheckRequest,
    CheckResponse,
    ConfigureRequest,
    ConfigureResponse,
    CreateRequest,
    CreateResponse,
    DeleteRequest,
    DiffRequest,
    DiffResponse,
    InvokeRequest,
    InvokeResponse,
    Provider,
    ReadRequest,
    ReadResponse,
    UpdateRequest,
    UpdateResponse,
)

from guestconfig import metadata
from guestconfig.cloud import BusyError, Cloud, GoneError, TroubleError
from guestconfig.console import Wanted
from guestconfig.difference import difference
from guestconfig.inputs import CHANNEL, Inputs, findings, plain, read_inputs
from guestconfig.waiting import NotReadyError, Wait
from guestconfig.wire import Manifest

T = TypeVar("T")
Properties = Mapping[str, PropertyValue]

# Nova refuses metadata while a server changes its state; so often, in seconds, it is asked again.
_BUSY_PAUSE = 3.0


@dataclass(frozen=True)
class Display:
    """Pulumi's display: ``tell`` replaces a resource's line of progress, ``warn`` stays. Both take URN and text."""

    tell: Callable[[str, str], Awaitable[None]]
    warn: Callable[[str, str], Awaitable[None]]


class PartialError(Exception):
    """The resource is there, but not ready: the next update has to try again."""

    def __init__(self, text: str, resource_id: str, state: Properties) -> None:
        super().__init__(text)
        self.resource_id = resource_id
        self.state = dict(state)


class ConfigurationProvider(Provider):
    """Serves the one resource of this package."""

    def __init__(self, cloud: Cloud, display: Display) -> None:
        self._cloud = cloud
        self._display = display
        self._stop = asyncio.Event()

    async def configure(self, request: ConfigureRequest) -> ConfigureResponse:
        """Say what we understand; outputs that carry their dependencies are not among it."""
        del request
        return ConfigureResponse(accept_secrets=True, supports_preview=True)

    async def invoke(self, request: InvokeRequest) -> InvokeResponse:
        """Nothing: the program only wants this process to be there (``waking``)."""
        del request
        return InvokeResponse()

    async def check(self, request: CheckRequest) -> CheckResponse:
        """Name everything that is wrong with the inputs."""
        failures = [CheckFailure(where, what) for where, what in findings(request.new_inputs)]
        return CheckResponse(inputs=request.new_inputs, failures=failures)

    async def diff(self, request: DiffRequest) -> DiffResponse:
        """Name every differing file."""
        found = difference(request.old_state, request.new_inputs)
        return DiffResponse(changes=bool(found), detailed_diff=found)

    async def create(self, request: CreateRequest) -> CreateResponse:
        """Deliver and wait."""
        if request.preview:
            return CreateResponse(properties=request.properties)
        state = await self._establish(request.urn, request.properties)
        return CreateResponse(resource_id=read_inputs(request.properties).host, properties=state)

    async def update(self, request: UpdateRequest) -> UpdateResponse:
        """Deliver the new and wait; a new server is served like a changed file."""
        if request.preview:
            return UpdateResponse(properties=request.news)
        return UpdateResponse(properties=await self._establish(request.urn, request.news))

    async def read(self, request: ReadRequest) -> ReadResponse:
        """See whether the server is there and still has what was delivered."""
        state = request.properties
        inputs = read_inputs(state)
        try:
            await asyncio.to_thread(self._cloud.status, inputs.server_id)
            if inputs.delivery == CHANNEL:
                digest = await asyncio.to_thread(metadata.delivered_digest, self._cloud, inputs.server_id)
                if digest != plain(state["digest"]):
                    state = {**state, "digest": PropertyValue("")}
        except GoneError:
            return ReadResponse()
        return ReadResponse(request.resource_id, state, request.inputs)

    async def delete(self, request: DeleteRequest) -> None:
        """Take the manifest out of the server's metadata; the guest keeps what it has."""
        inputs = read_inputs(request.properties)
        if inputs.delivery != CHANNEL:
            return
        try:
            await self._patiently(inputs, lambda: metadata.withdraw(self._cloud, inputs.server_id))
        except GoneError:
            return

    async def cancel(self) -> None:
        """End all waits."""
        self._stop.set()

    async def _establish(self, urn: str, properties: Properties) -> dict[str, PropertyValue]:
        inputs = read_inputs(properties)
        manifest = await self._deliver(inputs)
        state = {**properties, "generation": PropertyValue(float(manifest.generation))}
        wait = Wait(
            api=self._cloud,
            server=inputs.server_id,
            wanted=Wanted(inputs.delivery, manifest.digest, manifest.generation),
            deadline=inputs.deadline,
            stop=self._stop,
            tell=lambda text: self._display.tell(urn, text),
            warn=lambda text: self._display.warn(urn, f"{inputs.host}: {text}"),
        )
        try:
            await wait.run()
        except (NotReadyError, GoneError) as error:
            text = f"{inputs.host} is not ready: {error}"
            raise PartialError(text, inputs.host, {**state, "digest": PropertyValue("")}) from error
        return {**state, "digest": PropertyValue(manifest.digest)}

    async def _deliver(self, inputs: Inputs) -> Manifest:
        if inputs.delivery != CHANNEL:
            return inputs.manifest(0)
        return await self._patiently(inputs, lambda: metadata.deliver(self._cloud, inputs, time.time()))

    async def _patiently(self, inputs: Inputs, order: Callable[[], T]) -> T:
        until = time.monotonic() + inputs.deadline
        while True:
            try:
                return await asyncio.to_thread(order)
            except (BusyError, TroubleError):
                if time.monotonic() > until or self._stop.is_set():
                    raise
            await asyncio.sleep(_BUSY_PAUSE)
