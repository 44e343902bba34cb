"""The few questions and orders that Nova gets from the provider, with errors in words; a drill asks Neutron too.

One connection for the process, made when first needed: a preview asks nothing and needs no credentials. Credentials are
found as the OpenStack provider finds them: OS_CLOUD and clouds.yaml, or the OS_* variables.
"""

import os
import threading
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote


class CloudError(Exception):
    """The cloud refused, or cannot be asked; the text says what to do."""


class BusyError(CloudError):
    """Nova does not do that while the server is as it is."""


class GoneError(CloudError):
    """There is no such server."""


class TroubleError(CloudError):
    """The API does not answer, or with its own failure: worth another try."""


_NAMES = {"compute": "Nova", "network": "Neutron"}


class Cloud:
    """Nova, of the cloud that the environment names."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: Any = None

    def status(self, server: str) -> tuple[str, str]:
        """The server's status (ACTIVE, SHUTOFF, ...), and Nova's words where something went wrong."""
        found = self._call("GET", f"/servers/{server}")["server"]
        return str(found["status"]), str(found.get("fault", {}).get("message", ""))

    def items(self, server: str) -> dict[str, str]:
        """The server's metadata."""
        return cast("dict[str, str]", self._call("GET", f"/servers/{server}/metadata")["metadata"])

    def merge_items(self, server: str, items: Mapping[str, str]) -> None:
        """Set these items at once, leave the others."""
        self._call("POST", f"/servers/{server}/metadata", {"metadata": dict(items)})

    def replace_items(self, server: str, items: Mapping[str, str]) -> None:
        """Let these be all the items."""
        self._call("PUT", f"/servers/{server}/metadata", {"metadata": dict(items)})

    def remove_item(self, server: str, key: str) -> None:
        """Delete one item."""
        self._call("DELETE", f"/servers/{server}/metadata/{quote(key)}")

    def console(self, server: str, lines: int) -> str:
        """The last lines of the server's console."""
        answer = self._call("POST", f"/servers/{server}/action", {"os-getConsoleOutput": {"length": lines}})
        return str(answer.get("output") or "")

    def _call(self, method: str, path: str, body: object = None, service: str = "compute") -> dict[str, Any]:
        # Imported here: a second of work that a preview never needs.
        from keystoneauth1 import exceptions  # noqa: PLC0415

        try:
            # A body of None would be sent as the text "null".
            sent = {} if body is None else {"json": body}
            answer = self._endpoint(service).request(path, method, raise_exc=False, **sent)
        except (exceptions.Unauthorized, exceptions.MissingRequiredOptions) as error:
            raise _refused(error) from error
        except exceptions.ClientException as error:
            raise TroubleError(f"{_NAMES[service]} cannot be reached: {error}") from error
        return _judge(answer, _NAMES[service])

    def _endpoint(self, service: str) -> Any:  # noqa: ANN401 - openstacksdk has no types
        with self._lock:
            if self._connection is None:
                self._connection = _connect()
            return getattr(self._connection, service)


def _connect() -> Any:  # noqa: ANN401 - openstacksdk has no types
    import openstack  # noqa: PLC0415 - see Cloud._call
    from keystoneauth1 import exceptions  # noqa: PLC0415
    from openstack.exceptions import SDKException  # noqa: PLC0415

    try:
        connection: Any = openstack.connect()
        connection.authorize()
    except (SDKException, exceptions.ClientException) as error:
        raise _refused(error) from error
    return connection


def _refused(error: Exception) -> CloudError:
    cloud = os.environ.get("OS_CLOUD")
    which = f"OS_CLOUD={cloud}" if cloud else f"OS_AUTH_URL={os.environ.get('OS_AUTH_URL', '')} (OS_CLOUD is not set)"
    said = str(error).strip().rstrip(".")
    return CloudError(
        f"{which}: the cloud does not let us in: {said}. Allowed is a cloud of clouds.yaml, or OS_* variables, with "
        "valid credentials. Set OS_CLOUD to the right name, or correct its entry in clouds.yaml"
    )


def _judge(answer: Any, who: str) -> dict[str, Any]:  # noqa: ANN401 - a requests.Response
    status: int = answer.status_code
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return cast("dict[str, Any]", answer.json() if answer.content else {})
    text = f"{who} answers {status}: {_words(answer)}"
    if status == HTTPStatus.NOT_FOUND:
        raise GoneError(text)
    if status == HTTPStatus.CONFLICT:
        raise BusyError(text)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        raise TroubleError(text)
    raise CloudError(text)


def _words(answer: Any) -> str:  # noqa: ANN401 - a requests.Response
    try:
        return "; ".join(str(part["message"]) for part in answer.json().values())
    except (ValueError, KeyError, TypeError, AttributeError):
        return str(answer.text)[:200]
