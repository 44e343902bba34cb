"""The fixture of the agent's tests."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.unit.guestconfig.fake_guest import MAC, RECORDINGS, SCRIPTS, FakeGuest


@pytest.fixture
def guest(tmp_path: Path) -> Iterator[FakeGuest]:
    """A director's empty guest."""
    fake = FakeGuest(tmp_path)
    for folder in ("dev", "tmp", "bin", "etc/vipstack", "lib/systemd/system", "proc/net", "sys/class/net/ens3/device"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "dev/console").touch()
    (tmp_path / "sys/class/net/ens3/address").write_text(f"{MAC}\n")
    (tmp_path / "proc/net/ip_vs").write_text((RECORDINGS / "ip_vs").read_text())
    (tmp_path / "etc/vipstack/agent.json").write_text('{"source": "metadata", "role": "director"}')
    (tmp_path / "lib/systemd/system/keepalived.service").touch()
    for name, body in SCRIPTS.items():
        script = tmp_path / "bin" / name
        script.write_text(f'#!/bin/sh\necho "{name} $*" >>"$ROOT/calls"\n{body}\n')
        script.chmod(0o755)

    class Metadata(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(fake.status)
            self.end_headers()
            self.wfile.write(json.dumps({"uuid": "x", "meta": fake.items}).encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Metadata)
    fake.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield fake
    server.shutdown()
    server.server_close()
