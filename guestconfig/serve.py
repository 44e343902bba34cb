"""The provider's process: its gRPC service for Pulumi's engine, and its way into Pulumi's display.

``pulumi.provider.experimental.server`` does the translation; here is what it lacks: errors that are sentences instead
of tracebacks, a resource that is there but not ready (ErrorResourceInitFailed), and a quiet end.
"""
# grpc has no types, and the generated messages come through it.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false, reportUntypedBaseClass=false

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.server import ProviderServicer
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, provider_pb2, provider_pb2_grpc, status_pb2

from guestconfig.cloud import Cloud, CloudError
from guestconfig.provider import ConfigurationProvider, Display, PartialError
from guestconfig.wire import WireError

VERSION = "0.1.0"

_MESSAGE_LIMIT = 64 << 20
_OPTIONS = [("grpc.max_receive_message_length", _MESSAGE_LIMIT)]
_LAST_WORDS = 1.0


class Servicer(ProviderServicer):
    """The engine's requests, with our errors in the engine's form."""

    async def Create(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802 - gRPC's name and types
        """Make the resource."""
        return await _in_words(context, super().Create(request, context))

    async def Update(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802 - as above
        """Change it."""
        return await _in_words(context, super().Update(request, context))

    async def Read(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802 - as above
        """Look after it."""
        return await _in_words(context, super().Read(request, context))

    async def Delete(self, request: Any, context: Any) -> Any:  # noqa: ANN401, N802 - as above
        """Remove it."""
        return await _in_words(context, super().Delete(request, context))


async def _in_words(context: Any, work: Awaitable[Any]) -> Any:  # noqa: ANN401 - gRPC's types
    try:
        return await work
    except PartialError as error:
        await context.abort_with_status(_not_ready(error))
    except (CloudError, WireError) as error:
        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))


class _Status(grpc.Status):
    """A status with details, which grpc leaves to its users to define."""

    def __init__(self, message: str, detail: Any) -> None:  # noqa: ANN401 - a protobuf message
        status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message)
        status.details.add().Pack(detail)
        self.code = grpc.StatusCode.UNKNOWN
        self.details = message
        self.trailing_metadata = (("grpc-status-details-bin", status.SerializeToString()),)


def _not_ready(error: PartialError) -> _Status:
    outputs = ("digest", "generation")
    inputs = {name: value for name, value in error.state.items() if name not in outputs}
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.resource_id,
        properties=PropertyValue.marshal_map(error.state),
        reasons=[str(error)],
        inputs=PropertyValue.marshal_map(inputs),
    )
    return _Status(str(error).splitlines()[0], detail)


def display_of(engine: str) -> Display:
    """The display of the engine at this address."""
    stub: Any = engine_pb2_grpc.EngineStub(grpc.aio.insecure_channel(engine, options=_OPTIONS))

    def say(severity: engine_pb2.LogSeverity.ValueType, *, ephemeral: bool) -> Callable[[str, str], Awaitable[None]]:
        async def log(urn: str, text: str) -> None:
            request = engine_pb2.LogRequest(severity=severity, message=text, urn=urn, streamId=0, ephemeral=ephemeral)
            await stub.Log(request)

        return log

    return Display(
        tell=say(engine_pb2.LogSeverity.INFO, ephemeral=True), warn=say(engine_pb2.LogSeverity.WARNING, ephemeral=False)
    )


@dataclass(frozen=True)
class Service:
    """A provider that listens on a port of the loopback interface."""

    provider: ConfigurationProvider
    server: Any
    port: int

    async def end(self) -> None:
        """End the waits, let them say so, and stop listening."""
        await self.provider.cancel()
        await self.server.stop(_LAST_WORDS)


async def start(engine: str) -> Service:
    """Start to serve the engine at this address."""
    provider = ConfigurationProvider(Cloud(), display_of(engine))
    server = grpc.aio.server(options=_OPTIONS)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Servicer([], VERSION, provider, engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return Service(provider, server, port)


async def serve(engine: str) -> None:
    """Serve until the engine says goodbye; the first line on standard output is the port."""
    goodbye = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, goodbye.set)
    service = await start(engine)
    sys.stdout.write(f"{service.port}\n")
    sys.stdout.flush()
    await goodbye.wait()
    await service.end()
