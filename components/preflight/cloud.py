"""A login to the cloud, and how to ask it a question.

Owns the session, the catalogue and paging; a refused or missing page is an answer (None or nothing), since a member may
not see everything. Deliberately knows no noun of OpenStack and changes nothing: it can only GET.
"""

from collections.abc import Iterator
from typing import Any, cast

from keystoneauth1 import exceptions, loading, session
from keystoneauth1.identity import base, v3

from components.config.errors import Finding
from components.preflight.credentials import Credentials
from components.preflight.errors import CloudError

# Seconds until a silent API counts as unreachable; a preview must not hang.
_TIMEOUT = 20

# The version that each service's paths start with, added where the catalogue's address lacks it.
_VERSIONS = {"compute": "v2.1", "network": "v2.0", "image": "v2"}

_HEADERS = {
    "Accept": "application/json",
    # Since this microversion (Pike) Nova embeds a server's flavor with its name, and not by an id that may be gone.
    "OpenStack-API-Version": "compute 2.47",
}

# What a member may not see or an old cloud does not have.
_NO_ANSWER = {400, 403, 404, 406, 501}

Json = dict[str, Any]


class Cloud:
    """A cloud, logged in. May be asked from several threads at once."""

    def __init__(self, credentials: Credentials) -> None:
        """Log in.

        Raises:
            CloudError: the cloud refuses the credentials or does not answer.
        """
        self._credentials = credentials
        try:
            self._session = session.Session(auth=_plugin(credentials), verify=credentials.verify, timeout=_TIMEOUT)
            self.project_id = self._session.get_project_id() or ""
        except exceptions.Unauthorized as error:
            raise _refused(credentials, error) from None
        except (exceptions.ClientException, TypeError) as error:
            raise _unreachable(credentials, error) from None
        self._endpoints = {service: self._endpoint(service) for service in _VERSIONS}

    def get(self, service: str, path: str, **query: Any) -> Json | None:  # noqa: ANN401 - what a URL may hold
        """One page, None where the cloud does not let us see it or has it not.

        Raises:
            CloudError: the service does not answer.
        """
        return self._page(service, f"{self._endpoints[service]}/{path}", query)

    def each(self, service: str, path: str, key: str, **query: Any) -> Iterator[Json]:  # noqa: ANN401 - as above
        """The items of a list, over all its pages; none where the cloud does not let us see it."""
        page = self.get(service, path, **query)
        while page:
            yield from page[key]
            url = _next_page(page, key, self._endpoints[service])
            page = self._page(service, url, {}) if url else None

    def _page(self, service: str, url: str, query: Json) -> Json | None:
        try:
            response = self._session.get(url, params=query, raise_exc=False, headers=_HEADERS)
        except exceptions.ClientException as error:
            raise _silent(self._credentials, service, error) from None
        if response.status_code in _NO_ANSWER:
            return None
        if not response.ok:
            raise _silent(self._credentials, service, f"HTTP {response.status_code} for {url}")
        return cast("Json", response.json())

    def _endpoint(self, service: str) -> str:
        url = self._session.get_endpoint(
            service_type=service, interface=self._credentials.interface, region_name=self._credentials.region
        )
        if url is None:
            raise _silent(self._credentials, service, "it is not in the catalogue")
        url = url.rstrip("/")
        last = url.rsplit("/", 2)[1:]  # a compute address may end in the project's id
        return url if any(part.startswith("v2") for part in last) else f"{url}/{_VERSIONS[service]}"


def _plugin(credentials: Credentials) -> base.BaseIdentityPlugin:
    """The way to log in; the common ones directly, since looking for plugins costs a walk over all packages."""
    auth = dict(credentials.auth)
    versioned = str(auth["auth_url"]).rstrip("/").endswith("/v3")
    if versioned and credentials.auth_type in {"password", "v3password"}:
        return v3.Password(**auth)
    if versioned and credentials.auth_type == "v3applicationcredential":
        return v3.ApplicationCredential(**auth)
    loader = cast("Any", loading.get_plugin_loader(credentials.auth_type))
    return loader.load_from_options(**auth)


def _next_page(page: Json, key: str, endpoint: str) -> str | None:
    links: list[dict[str, str]] = page.get(f"{key}_links", [])
    following = next((link["href"] for link in links if link["rel"] == "next"), page.get("next"))
    if following and following.startswith("/"):  # Glance's is a path on its own host
        scheme, _, rest = endpoint.partition("://")
        return f"{scheme}://{rest.partition('/')[0]}{following}"
    return following


def _refused(credentials: Credentials, error: Exception) -> CloudError:
    return CloudError(
        [
            Finding(
                f"The credentials of {credentials.source}",
                f"{credentials.auth['auth_url']} refuses them: {error}",
                "Allowed is a user or an application credential that this Keystone knows, with a role on the project",
                "Mend them there, or set OS_CLOUD to another cloud",
            )
        ]
    )


def _unreachable(credentials: Credentials, error: Exception) -> CloudError:
    return CloudError(
        [
            Finding(
                f"The login of {credentials.source}",
                f"{credentials.auth['auth_url']} did not let us in: {error}",
                "A Keystone must answer there, and know this way to log in",
                "Check auth_url and the rest there, and the network between here and the cloud",
            )
        ]
    )


def _silent(credentials: Credentials, service: str, why: object) -> CloudError:
    return CloudError(
        [
            Finding(
                f"The {service} service of {credentials.source}",
                f"no answer: {why}",
                "It must answer, since the stack is built with it",
                "Try again, check region and interface, or ask whoever runs the cloud",
            )
        ]
    )
