"""Has the engine start the provider before anything asks for it.

The engine starts a provider when the program registers its first resource of it, and until the provider listens, half a
second of imports later, that registration waits. The program itself imports for as long before it registers anything:
woken at its beginning, the provider is ready by then. What it is asked is a function that does nothing.
"""
# grpc has no types, and the generated messages come through it.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

import contextlib
import threading
from typing import Any

import grpc
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import get_monitor

WAKE = "guestconfig:guest:wake"


def wake() -> None:
    """Ask, and do not wait for the answer: whatever is wrong with the provider, its resources will say."""
    monitor: Any = get_monitor()
    request = resource_pb2.ResourceInvokeRequest(tok=WAKE, acceptResources=True)

    def ask() -> None:
        with contextlib.suppress(grpc.RpcError):
            monitor.Invoke(request)

    threading.Thread(target=ask, daemon=True).start()
