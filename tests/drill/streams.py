"""A connection from inside a gateway to a server outside, on which only the server speaks.

The client merely acknowledges, so that nothing but the gateway's knowledge lets the next line in.
"""

import sys
import time

from tests.drill.gateway_pair import GatewayPair

PORT = 5000
# Says to each client whom it sees, then a line each 50 ms.
_SERVER = f"""
import socket, sys, threading, time
def serve(connection, peer):
    connection.sendall((peer[0] + "\\n").encode())
    while True:
        connection.sendall(b"x\\n")
        time.sleep(0.05)
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
listener = socket.create_server((sys.argv[1], {PORT}), family=family)
while True:
    threading.Thread(target=serve, args=listener.accept(), daemon=True).start()
"""
# Writes whom the server sees, and then when each line came.
_CLIENT = f"""
import socket, sys, time
with open(sys.argv[2], "w", buffering=1) as log, socket.create_connection((sys.argv[1], {PORT})).makefile() as lines:
    print(next(lines).strip(), file=log)
    for _ in lines:
        print(time.time(), file=log)
"""


def start_server(pair: GatewayPair, address: str) -> None:
    """The server on an address of the outside."""
    pair.start(f"server-{address}", "client", [sys.executable, "-c", _SERVER, address])


class Stream:
    """A connection from inside to outside that goes on."""

    def __init__(self, pair: GatewayPair, name: str, address: str) -> None:
        self.log = pair.folder / f"stream-{name}"
        pair.start(f"stream-{name}", "inside", [sys.executable, "-c", _CLIENT, address, str(self.log)])

    def lines(self) -> list[str]:
        """Whom the server sees, and when each line came."""
        return self.log.read_text().split() if self.log.exists() else []

    def goes_on(self, since: float, seconds: float) -> bool:
        """Whether lines that came later than this are seen before the deadline."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            lines = self.lines()
            if len(lines) > 1 and float(lines[-1]) > since:
                return True
            time.sleep(0.1)
        return False
