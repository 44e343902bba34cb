"""A login to the cloud, and how to ask it a question.

Owns the session, the catalogue and paging; a refused or missing page is an answer (None or nothing), since a member may
not see everything. Deliberately knows no noun of OpenStack and changes nothing: after the login it can only GET.

Speaks HTTP through the standard library: importing an OpenStack client takes longer than asking every question, and
that would be paid in each preview.
"""

import json
import ssl
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from threading import Lock
from typing import Any, cast
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPSHandler, Request, build_opener

from components.config.errors import Finding
from components.preflight.credentials import Credentials
from components.preflight.errors import CloudError
from components.preflight.login import login_body

# Seconds until a silent API counts as unreachable; a preview must not hang.
_TIMEOUT = 20

# The version that each service's paths start with, added where the catalogue's address lacks it.
_VERSIONS = {"compute": "v2.1", "network": "v2.0", "image": "v2"}

_HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/json",
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
        self._introduced: set[str] = set()
        self._introduction = {service: Lock() for service in _VERSIONS}
        self._opener = build_opener(HTTPSHandler(context=_context(credentials)))
        self._headers: dict[str, str] = _HEADERS
        url = str(credentials.auth["auth_url"]).rstrip("/")
        url = url if url.endswith("/v3") else f"{url}/v3"
        try:
            headers, answer = self._send(f"{url}/auth/tokens", login_body(credentials))
        except HTTPError as error:
            raise _refused(credentials, error) from None
        except (OSError, ValueError) as error:
            raise _unreachable(credentials, error) from None
        token = answer["token"]
        self._headers = {**_HEADERS, "X-Auth-Token": headers["X-Subject-Token"]}
        self._endpoints = {service: self._endpoint(service, token.get("catalog", [])) for service in _VERSIONS}
        self.project_id: str = token.get("project", {}).get("id", "")

    def get(self, service: str, path: str, **query: Any) -> Json | None:  # noqa: ANN401 - what a URL may hold
        """One page, None where the cloud does not let us see it or has it not.

        Raises:
            CloudError: the service does not answer.
        """
        question = f"?{urlencode(query, doseq=True)}" if query else ""
        return self._page(service, f"{self._endpoints[service]}/{path}{question}")

    def each(self, service: str, path: str, key: str, **query: Any) -> Iterator[Json]:  # noqa: ANN401 - as above
        """The items of a list, over all its pages; none where the cloud does not let us see it."""
        page = self.get(service, path, **query)
        while page:
            yield from page[key]
            url = _next_page(page, key, self._endpoints[service])
            page = self._page(service, url) if url else None

    def _page(self, service: str, url: str) -> Json | None:
        """A page, the first of each service alone.

        A service asks Keystone about a token that it sees for the first time and then remembers it; questions side by
        side would each make it ask.
        """
        with self._introduction[service]:
            if service not in self._introduced:
                page = self._ask(service, url)
                self._introduced.add(service)
                return page
        return self._ask(service, url)

    def _ask(self, service: str, url: str) -> Json | None:
        try:
            return self._send(url)[1]
        except HTTPError as error:
            if error.code in _NO_ANSWER:
                return None
            raise _silent(self._credentials, service, f"HTTP {error.code} for {url}") from None
        except (OSError, ValueError) as error:
            raise _silent(self._credentials, service, getattr(error, "reason", error)) from None

    def _send(self, url: str, body: Json | None = None) -> tuple[Mapping[str, str], Json]:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError(f"{url} is neither http nor https")
        data = json.dumps(body).encode() if body else None
        request = Request(url, data, self._headers)  # noqa: S310 - the scheme was just looked at
        with self._opener.open(request, timeout=_TIMEOUT) as response:
            return response.headers, cast("Json", json.load(response))

    def _endpoint(self, service: str, catalog: list[Json]) -> str:
        region = self._credentials.region
        for entry in catalog:
            for endpoint in entry["endpoints"] if entry["type"] == service else ():
                if endpoint["interface"] == self._credentials.interface and region in (None, endpoint["region"]):
                    return _versioned(service, endpoint["url"])
        where = f" in region {region}" if region else ""
        raise _silent(self._credentials, service, f"the catalogue does not have it{where}")


def _context(credentials: Credentials) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=credentials.cacert)
        if credentials.certificate:
            context.load_cert_chain(*credentials.certificate)
    except OSError as error:
        raise _unreachable(credentials, error) from None
    if not credentials.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _versioned(service: str, url: str) -> str:
    """The address with its version; a compute address may end in the project's id after it."""
    url = url.rstrip("/")
    version = _VERSIONS[service]
    return url if any(part.startswith("v2") for part in url.rsplit("/", 2)[1:]) else f"{url}/{version}"


def _next_page(page: Json, key: str, endpoint: str) -> str | None:
    links: list[dict[str, str]] = page.get(f"{key}_links", [])
    following = next((link["href"] for link in links if link["rel"] == "next"), page.get("next"))
    if following and following.startswith("/"):  # Glance's is a path on its own host
        parts = urlsplit(endpoint)
        return f"{parts.scheme}://{parts.netloc}{following}"
    return following


def _refused(credentials: Credentials, error: HTTPError) -> CloudError:
    url = credentials.auth["auth_url"]
    if error.code != HTTPStatus.UNAUTHORIZED:
        return _unreachable(credentials, error)
    return CloudError(
        [
            Finding(
                f"The credentials of {credentials.source}",
                f"{url} refuses them (HTTP 401)",
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
                f"{credentials.auth['auth_url']} did not let us in: {getattr(error, 'reason', error)}",
                "A Keystone (API version 3) must answer there",
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
