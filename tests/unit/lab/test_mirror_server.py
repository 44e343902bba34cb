"""Can decide: what the mirror gives and what it keeps. Cannot: whether apt is content with it (tests/lab)."""

import http.client
import threading
from collections.abc import Generator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from lab.mirror_server import MirrorHandler


@pytest.fixture
def connection(tmp_path: Path) -> Generator[http.client.HTTPConnection]:
    """A connection to a mirror with one package, beside a file that is nobody's business."""
    root = tmp_path / "mirror"
    (root / "debian").mkdir(parents=True)
    (root / "debian/conntrack_1%3a1.4.7_amd64.deb").write_bytes(b"package")
    (tmp_path / "secret").write_bytes(b"secret")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(MirrorHandler, directory=str(root))) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        client = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
        yield client
        client.close()
        server.shutdown()


def _get(connection: http.client.HTTPConnection, path: str) -> tuple[int, bytes]:
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_a_package_with_an_epoch_in_its_file_name_is_found(connection: http.client.HTTPConnection) -> None:
    assert _get(connection, "/debian/conntrack_1%253a1.4.7_amd64.deb") == (200, b"package"), (
        "apt escapes the percent sign of such a name, and half the packages here have an epoch"
    )


def test_one_connection_serves_many_requests(connection: http.client.HTTPConnection) -> None:
    package = "/debian/conntrack_1%253a1.4.7_amd64.deb"
    _get(connection, package)
    first = connection.sock
    _get(connection, package)
    assert connection.sock is first is not None, "apt fetches thirty packages; a slow guest opens one connection"


def test_nothing_beside_the_folder_is_served(connection: http.client.HTTPConnection) -> None:
    assert _get(connection, "/../secret")[0] == 404, "guests are not to read the lab's passwords"
