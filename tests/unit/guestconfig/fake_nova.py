"""As much of Keystone and Nova, over HTTP, as the provider asks: one server with metadata and a console."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SERVER = "5f0c1e9e-0000-4000-8000-000000000001"


@dataclass
class FakeNova:
    """The cloud's state, which a test changes as it likes."""

    items: dict[str, str] = field(default_factory=dict[str, str])
    console: str = ""
    status: str = "ACTIVE"
    refusals: list[int] = field(default_factory=list[int])
    asked: list[str] = field(default_factory=list[str])
    port: int = 0
    on_items: Callable[[], None] = lambda: None

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which a client finds this cloud."""
        return {
            "OS_AUTH_URL": f"http://127.0.0.1:{self.port}/v3",
            "OS_USERNAME": "demo",
            "OS_PASSWORD": "demo",
            "OS_PROJECT_NAME": "demo",
            "OS_USER_DOMAIN_NAME": "Default",
            "OS_PROJECT_DOMAIN_NAME": "Default",
            "OS_CLIENT_CONFIG_FILE": "/nonexistent",
        }

    def answer(self, method: str, path: str, body: dict[str, dict[str, str]]) -> tuple[int, object]:
        """What the API answers."""
        self.asked.append(f"{method} {path}")
        if path.startswith("/v3/auth/tokens"):
            return (201, self._token()) if body["auth"] and self.status != "FORBIDDEN" else (401, _error("no"))
        if path.rstrip("/").endswith(("/v3", "/v2.1")):
            return 200, {"version": self._version(path.strip("/"))}
        if self.refusals:
            return self.refusals.pop(0), _error("refused by the test")
        if not path.startswith(f"/v2.1/servers/{SERVER}"):
            return 404, _error("Instance could not be found.")
        return self._server(method, path.removeprefix(f"/v2.1/servers/{SERVER}"), body)

    def _server(self, method: str, rest: str, body: dict[str, dict[str, str]]) -> tuple[int, object]:
        if rest == "/action":
            return 200, {"output": self.console}
        if method == "DELETE":
            del self.items[rest.rpartition("/")[2]]
            return 204, None
        if method in ("POST", "PUT"):
            self.items = {**(self.items if method == "POST" else {}), **body["metadata"]}
            self.on_items()
        if rest == "/metadata":
            return 200, {"metadata": self.items}
        return 200, {"server": {"status": self.status}}

    def _version(self, which: str) -> object:
        links = [{"rel": "self", "href": f"http://127.0.0.1:{self.port}/{which}"}]
        if which == "v3":
            return {"id": "v3.14", "status": "stable", "links": links}
        return {"id": "v2.1", "status": "CURRENT", "version": "2.96", "min_version": "2.1", "links": links}

    def _token(self) -> object:
        url = f"http://127.0.0.1:{self.port}/v2.1"
        endpoint = {"id": "e", "interface": "public", "region": "r", "region_id": "r", "url": url}
        return {
            "token": {
                "methods": ["password"],
                "expires_at": "2099-01-01T00:00:00.000000Z",
                "issued_at": "2020-01-01T00:00:00.000000Z",
                "user": {"id": "u", "name": "demo", "domain": {"id": "default", "name": "Default"}},
                "project": {"id": "p", "name": "demo", "domain": {"id": "default", "name": "Default"}},
                "catalog": [{"id": "c", "type": "compute", "name": "nova", "endpoints": [endpoint]}],
            }
        }


def _error(message: str) -> object:
    return {"error": {"message": message}}


@contextmanager
def fake_nova() -> Iterator[FakeNova]:
    """A cloud for as long as the block lasts."""
    nova = FakeNova()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            status, answer = nova.answer(self.command, self.path, body)
            text = b"" if answer is None else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("X-Subject-Token", "token")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 - the library's names

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    nova.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield nova
    finally:
        server.shutdown()
        server.server_close()
