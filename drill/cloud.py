"""The cloud as a drill sees it: consoles to read, servers and ports to break and to mend, metadata to set.

The provider's own connection (``guestconfig.cloud``), with a drill's orders added; every call that fails is a
``DrillError``. Decides nothing; an API in trouble is asked again, a few times.
"""

import os
import time
from typing import Any

from drill.errors import DrillError
from guestconfig import cloud

# More lines than the 100 kB hold that Nova gives.
_ALL_LINES = 100_000

_ATTEMPTS = 4
_BETWEEN_ATTEMPTS = 2.0  # seconds


class Cloud(cloud.Cloud):
    """Nova, of the cloud that the environment names (``OS_CLOUD`` and its like)."""

    @property
    def name(self) -> str:
        """What the operator calls the cloud."""
        return os.environ.get("OS_CLOUD") or os.environ.get("OS_AUTH_URL", "")

    def state(self, server: str) -> tuple[str, str | None]:
        """Nova's word for the server (ACTIVE, PAUSED, SHUTOFF ...), and what Nova is doing to it now, if anything."""
        found = self._call("GET", f"/servers/{server}")["server"]
        return str(found["status"]), found.get("OS-EXT-STS:task_state")

    def whole_console(self, server: str) -> str:
        """The last of the server's serial console, as much as the API gives (100 kB)."""
        return self.console(server, _ALL_LINES)

    def pause(self, server: str) -> None:
        """Freeze the guest where it stands."""
        self._act(server, "pause")

    def unpause(self, server: str) -> None:
        """Let it go on."""
        self._act(server, "unpause")

    def stop(self, server: str) -> None:
        """Shut the guest down by ACPI."""
        self._act(server, "os-stop")

    def start(self, server: str) -> None:
        """Boot it."""
        self._act(server, "os-start")

    def port_up(self, server: str, mac: str) -> bool:
        """Whether the port with this MAC lets anything pass."""
        return bool(self._port(server, mac)["admin_state_up"])

    def set_port(self, server: str, mac: str, *, up: bool) -> None:
        """Let the port with this MAC pass everything that it may, or nothing."""
        port = self._port(server, mac)["id"]
        self._call("PUT", f"/ports/{port}", {"port": {"admin_state_up": up}}, "network")

    def _port(self, server: str, mac: str) -> dict[str, Any]:
        found = self._call("GET", f"/ports?device_id={server}&mac_address={mac}", service="network")["ports"]
        if len(found) != 1:
            raise DrillError(
                f"server {server}",
                f"Neutron shows {len(found)} ports of it with MAC {mac}",
                "the port that the stack's outputs name",
                "run `pulumi refresh`, then drill again",
            )
        return found[0]

    def _act(self, server: str, action: str) -> None:
        self._call("POST", f"/servers/{server}/action", {action: None})

    def _call(self, method: str, path: str, body: object = None, service: str = "compute") -> dict[str, Any]:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return super()._call(method, path, body, service)
            except cloud.CloudError as error:
                if attempt == _ATTEMPTS or not isinstance(error, cloud.TroubleError):
                    raise DrillError(
                        f"{service} API, {method} {path}",
                        str(error),
                        "the stack's own cloud, credentials and servers, and an API that answers",
                        "mend what is said above, then drill again: it begins by mending what is still broken",
                    ) from None
                time.sleep(_BETWEEN_ATTEMPTS)
        raise AssertionError("the last attempt returns or raises")
