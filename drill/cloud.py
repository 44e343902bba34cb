"""The cloud as a drill sees it: consoles to read, servers to break and to mend, metadata to set. Compute API only.

Every call that fails is a ``DrillError``; nothing here waits or decides.
"""

from typing import Any

import openstack
from keystoneauth1.exceptions import ClientException
from openstack.exceptions import ConfigException, SDKException

from drill.errors import DrillError


class Cloud:
    """A connection by the environment (``OS_CLOUD`` and its like), as the program itself uses it.

    Raises:
        DrillError: there are no usable credentials.
    """

    def __init__(self) -> None:
        try:
            connection: Any = openstack.connect(app_name="vipstack")
            self._compute: Any = connection.compute
            self.name = str(connection.config.name or "environment")
            self._compute.get_endpoint_data()
        except (ConfigException, SDKException, ClientException) as error:
            raise DrillError(
                "cloud",
                f"no connection ({_words(error)})",
                "credentials that reach the cloud of the stack",
                "set OS_CLOUD to a name in clouds.yaml, or the OS_* variables, as for `pulumi up`",
            ) from None

    def status(self, server: str) -> str:
        """Nova's word for the server's state: ACTIVE, PAUSED, SHUTOFF and so on."""
        return str(self._call("read", server, lambda: self._compute.get_server(server)).status)

    def task(self, server: str) -> str | None:
        """What Nova is doing to the server right now; None where it rests."""
        return self._call("read", server, lambda: self._compute.get_server(server)).task_state

    def console(self, server: str) -> str:
        """The last of the server's serial console, as much as the API gives (100 kB)."""
        found = self._call("read the console of", server, lambda: self._compute.get_server_console_output(server))
        return str(found["output"])

    def pause(self, server: str) -> None:
        """Freeze the guest where it stands."""
        self._call("pause", server, lambda: self._compute.pause_server(server))

    def unpause(self, server: str) -> None:
        """Let it go on."""
        self._call("unpause", server, lambda: self._compute.unpause_server(server))

    def stop(self, server: str) -> None:
        """Shut the guest down by ACPI."""
        self._call("stop", server, lambda: self._compute.stop_server(server))

    def start(self, server: str) -> None:
        """Boot it."""
        self._call("start", server, lambda: self._compute.start_server(server))

    def metadata(self, server: str) -> dict[str, str]:
        """The server's metadata."""
        found = self._call("read", server, lambda: self._compute.get_server(server))
        return dict(found.metadata or {})

    def set_item(self, server: str, key: str, value: str) -> None:
        """Set one metadata item."""
        self._call("set metadata of", server, lambda: self._compute.set_server_metadata(server, **{key: value}))

    def delete_item(self, server: str, key: str) -> None:
        """Delete one metadata item; where it is not there nothing happens."""
        if key in self.metadata(server):
            self._call("delete metadata of", server, lambda: self._compute.delete_server_metadata(server, [key]))

    def _call(self, verb: str, server: str, call: Any) -> Any:  # noqa: ANN401 - the SDK names no types
        try:
            return call()
        except (SDKException, ClientException) as error:
            raise DrillError(
                f"server {server}",
                f"the cloud did not {verb} it ({_words(error)})",
                "a member of the stack's project may do that",
                "see that the server is there and the credentials are the stack's own, then drill again",
            ) from None


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
