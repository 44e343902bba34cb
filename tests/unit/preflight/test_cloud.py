"""Logging in and asking: what a refusal, a silence and a long list become.

A small Keystone and Neutron of this test's own answer on loopback; what the real ones answer is the lab's to show.
"""

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from components.preflight.cloud import Cloud
from components.preflight.credentials import Credentials
from components.preflight.errors import CloudError

Answer = tuple[int, dict[str, Any]]


class Handler(BaseHTTPRequestHandler):
    """Answers a login with a catalogue that leads back here, everything else as the test says."""

    answers: dict[str, Callable[[dict[str, list[str]]], Answer]]

    def do_POST(self) -> None:
        """A login."""
        length = int(self.headers["Content-Length"])
        asked = json.loads(self.rfile.read(length))
        if asked["auth"]["identity"]["password"]["user"]["password"] != "right":  # noqa: S105 - a test's own
            self.answer(401, {"error": {"code": 401, "message": "The request you have made requires authentication."}})
            return
        here = f"http://127.0.0.1:{self.server.server_address[1]}"
        catalog = [
            {"type": kind, "name": kind, "endpoints": [{"interface": "public", "region": "r", "url": f"{here}/{path}"}]}
            for kind, path in (("compute", "compute/v2.1"), ("network", "network"), ("image", "image"))
        ]
        token = {
            "project": {"id": "p-1", "name": "p", "domain": {"id": "default", "name": "Default"}},
            "user": {"id": "u-1", "name": "u", "domain": {"id": "default", "name": "Default"}},
            "methods": ["password"],
            "expires_at": "2100-01-01T00:00:00.000000Z",
            "issued_at": "2000-01-01T00:00:00.000000Z",
            "catalog": catalog,
        }
        self.answer(201, {"token": token})

    def do_GET(self) -> None:
        """A question."""
        parts = urlsplit(self.path)
        self.answer(*self.answers[parts.path](parse_qs(parts.query)))

    def answer(self, status: int, body: dict[str, Any]) -> None:
        """Send a JSON page."""
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("X-Subject-Token", "t-1")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: a test's output is its failures."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    Handler.answers = {}
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = Thread(target=running.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield running
        running.shutdown()


def credentials(server: ThreadingHTTPServer, password: str = "right") -> Credentials:  # noqa: S107 - a test's own
    names = {"username": "u", "user_domain_name": "Default", "project_name": "p", "project_domain_name": "Default"}
    url = f"http://127.0.0.1:{server.server_address[1]}/v3"
    return Credentials(
        "cloud lab (OS_CLOUD) of clouds.yaml", "password", {"auth_url": url, "password": password} | names
    )


def test_wrong_credentials_name_the_cloud_and_the_variable(server: ThreadingHTTPServer):
    with pytest.raises(CloudError) as caught:
        Cloud(credentials(server, "wrong"))
    (finding,) = caught.value.findings
    assert finding.where == "The credentials of cloud lab (OS_CLOUD) of clouds.yaml"
    assert finding.got == f"http://127.0.0.1:{server.server_address[1]}/v3 refuses them (HTTP 401)"
    assert "wrong" not in str(caught.value), "the password would be in every CI log"


def test_a_cloud_that_does_not_answer_is_no_traceback(server: ThreadingHTTPServer):
    gone = credentials(server)
    server.shutdown()
    server.server_close()
    with pytest.raises(CloudError) as caught:
        Cloud(gone)
    assert caught.value.findings[0].where == "The login of cloud lab (OS_CLOUD) of clouds.yaml"


def test_a_service_that_fails_is_named(server: ThreadingHTTPServer):
    Handler.answers["/network/v2.0/ports"] = lambda _: (500, {})
    with pytest.raises(CloudError) as caught:
        Cloud(credentials(server)).get("network", "ports")
    assert caught.value.findings[0].where == "The network service of cloud lab (OS_CLOUD) of clouds.yaml"


@pytest.mark.parametrize("status", [403, 404, 406])
def test_what_we_may_not_see_is_an_answer(server: ThreadingHTTPServer, status: int):
    Handler.answers["/network/v2.0/quotas/p-1/details.json"] = lambda _: (status, {})
    cloud = Cloud(credentials(server))
    assert cloud.get("network", f"quotas/{cloud.project_id}/details.json") is None


def test_a_list_is_read_to_its_end(server: ThreadingHTTPServer):
    def pages(query: dict[str, list[str]]) -> Answer:
        if "marker" in query:
            return 200, {"ports": [{"id": "2"}]}
        here = f"http://127.0.0.1:{server.server_address[1]}"
        links = [{"rel": "next", "href": f"{here}/network/v2.0/ports?marker=1"}]
        return 200, {"ports": [{"id": "1"}], "ports_links": links}

    Handler.answers["/network/v2.0/ports"] = pages
    assert [port["id"] for port in Cloud(credentials(server)).each("network", "ports", "ports")] == ["1", "2"]


def test_glances_next_page_is_a_path_on_its_own_host(server: ThreadingHTTPServer):
    def pages(query: dict[str, list[str]]) -> Answer:
        if "marker" in query:
            return 200, {"images": [{"id": "2"}]}
        return 200, {"images": [{"id": "1"}], "next": "/image/v2/images?marker=1"}

    Handler.answers["/image/v2/images"] = pages
    assert [image["id"] for image in Cloud(credentials(server)).each("image", "images", "images")] == ["1", "2"]
