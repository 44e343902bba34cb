"""Serves the package mirror over HTTP: ``python -m lab.mirror_server FOLDER ADDRESS PORT``.

Runs in the outside room, where only guests reach it. Files only: no listings of anything above the folder, no
writing. HTTP/1.1, because apt asks for thirty packages over one connection.
"""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer


class MirrorHandler(SimpleHTTPRequestHandler):
    """Debian's packages as plain files."""

    protocol_version = "HTTP/1.1"
    timeout = 120  # seconds of silence before a guest that was killed gives its thread back


def serve(folder: str, address: str, port: int) -> None:
    """Serve ``folder`` until the process is ended."""
    with ThreadingHTTPServer((address, port), partial(MirrorHandler, directory=folder)) as server:
        server.daemon_threads = True
        server.serve_forever()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3]))
