"""The lab's own APIs as its admin, over the services' unix sockets.

For the lab's parts that look something up: it works from every room, also where 127.0.0.1 has no APIs, and without
the second that an OpenStack client takes to start. Reading only; what changes the cloud goes through openstacksdk.
"""

import http.client
import json
from typing import Any, cast

import yaml

from lab.layout import CLOUD_ADMIN, Layout
from lab.services.http import UnixConnection

_OK = 200
_CREATED = 201
_UNAUTHORIZED = 401
_SECONDS = 20  # for each read and write

Json = dict[str, Any]


class AdminApi:
    """The services as the lab's admin sees them; asks Keystone for a new token when the old one is refused."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._token = ""

    def listing(self, service: str, path: str) -> list[Json]:
        """One collection, for example ``neutron`` and ``/v2.0/subnets?fields=id``.

        Raises ``OSError`` when the service does not answer, or refuses.
        """
        status, body, _ = self._ask(service, "GET", path)
        if status == _UNAUTHORIZED:
            self._token = self._new_token()
            status, body, _ = self._ask(service, "GET", path)
        if status != _OK:
            raise OSError(f"{service} answered {status} to {path}: {body[:200]!r}")
        collections = cast("dict[str, Any]", json.loads(body))
        return next(cast("list[Json]", value) for value in collections.values() if isinstance(value, list))

    def _new_token(self) -> str:
        clouds = yaml.safe_load(self._layout.clouds_yaml.read_text(encoding="utf-8"))
        auth = cast("dict[str, str]", clouds["clouds"][CLOUD_ADMIN]["auth"])
        user = {
            "name": auth["username"],
            "domain": {"name": auth["user_domain_name"]},
            "password": auth["password"],
        }
        project = {"name": auth["project_name"], "domain": {"name": auth["project_domain_name"]}}
        request = {
            "auth": {
                "identity": {"methods": ["password"], "password": {"user": user}},
                "scope": {"project": project},
            }
        }
        status, body, token = self._ask("keystone", "POST", "/v3/auth/tokens", json.dumps(request))
        if status != _CREATED:
            raise OSError(f"keystone answered {status}: {body[:200]!r}")
        return token

    def _ask(self, service: str, method: str, path: str, body: str | None = None) -> tuple[int, bytes, str]:
        connection = UnixConnection(self._layout.socket_of(service), _SECONDS)
        try:
            headers = {"Content-Type": "application/json", "X-Auth-Token": self._token}
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, response.read(), response.getheader("X-Subject-Token") or ""
        except (OSError, http.client.HTTPException) as error:
            raise OSError(f"{service} does not answer: {error or repr(error)}") from error
        finally:
            connection.close()
