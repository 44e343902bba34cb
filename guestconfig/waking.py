"""Has the engine start the providers before anything asks for them.

The engine starts a provider when the program registers its first resource of it, and until the provider listens, for
ours half a second of imports later, that registration waits. The program itself imports for as long before it registers
anything: woken at its beginning, the providers are ready by then. What they are asked is a function that does nothing
(ours), or that there is not (OpenStack's, whose refusal nobody hears).
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
# Without a version: the engine takes the default provider that the SDK's resources get too.
WAKE_OPENSTACK = "openstack:index:wake"


def wake() -> None:
    """Ask, and do not wait for the answers: whatever is wrong with a provider, its resources will say."""
    monitor: Any = get_monitor()

    def ask(token: str) -> None:
        with contextlib.suppress(grpc.RpcError):
            monitor.Invoke(resource_pb2.ResourceInvokeRequest(tok=token, acceptResources=True))

    for token in (WAKE, WAKE_OPENSTACK):
        threading.Thread(target=ask, args=(token,), daemon=True).start()
