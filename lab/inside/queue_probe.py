"""Waits until somebody consumes from the message queues named; run by the services' interpreter in the control room.

``python queue_probe.py URL SECONDS QUEUE...``. A call sent before its consumer is there costs the caller a minute.
Not imported by the lab: its own interpreter has no AMQP client.
"""

import importlib
import sys
import time
from typing import Any


def consumers(url: str, queue: str) -> int:
    """How many consume from the queue; 0 where it does not exist yet."""
    login, _, address = url.removeprefix("rabbit://").rstrip("/").partition("@")
    user, _, password = login.partition(":")
    amqp: Any = importlib.import_module("amqp")
    try:
        with amqp.Connection(host=address, userid=user, password=password, connect_timeout=5) as connection:
            return int(connection.channel().queue_declare(queue, passive=True).consumer_count)
    except (amqp.exceptions.AMQPError, OSError):
        return 0


def main() -> int:
    """0 once every queue has a consumer, 1 with the missing ones' names after the deadline."""
    url, seconds, *queues = sys.argv[1:]
    deadline = time.monotonic() + float(seconds)
    missing = queues
    while missing := [queue for queue in missing if consumers(url, queue) == 0]:
        if time.monotonic() > deadline:
            sys.stderr.write(f"nobody consumes from: {', '.join(missing)}\n")
            return 1
        time.sleep(0.3)
    return 0


if __name__ == "__main__":
    sys.exit(main())
