"""The probe: a TCP connect or an ICMP echo to each target at a steady pace; it records and judges nothing.

Runs on the observer with Python >= 3.9 and the standard library alone. ``measure(order)`` returns the record whose
format ``drill/records.py`` describes; as a command it takes an order as its argument and prints the record as JSON.

One thread, non-blocking sockets, epoll. A connect is given up before the kernel would send its SYN again (after 1 s),
so a success always belongs to the probe's own packet. What the probe could not send in time it does not send later in
a burst: the missing tick stays visible in the record's offsets.
"""

from __future__ import annotations

import errno
import gc
import json
import os
import select
import socket
import struct
import sys
import time
from array import array
from collections import Counter, deque
from ipaddress import IPv4Address, IPv6Address

LOST = -1  # no answer within the timeout
REFUSED = -2  # a reset: something answers at the address, but not the service
ERROR = -3  # the guest's own kernel refused to send, or was told that the address cannot be reached

TIMEOUT = 0.9  # seconds; below the kernel's first SYN retransmission (RFC 6298: 1 s)
MAX_SECONDS = 300
MAX_TARGETS = 8  # with the timeout's worth of open connects still far below the usual 1,024 file descriptors
MIN_INTERVAL = 5  # milliseconds
MAX_TICKS = 60_000  # an echo's sequence number has 16 bits

_UNIT = 100_000  # nanoseconds in the record's unit of 0.1 ms
_TCP_USER_TIMEOUT = 18  # linux/tcp.h; Python names it since 3.6, but not on every libc
_ECHO_REPLY, _ECHO_REQUEST = 0, 8
_ECHO_REPLY_V6, _ECHO_REQUEST_V6 = 129, 128
_NO_LINGER = struct.pack("ii", 1, 0)


class OrderError(ValueError):
    """An order that the probe does not carry out; the text says why."""


class Connect:
    """One TCP connect under way."""

    __slots__ = ("open", "sent", "socket", "target", "tick")

    def __init__(self, target: int, tick: int, sent: int, connection: socket.socket) -> None:
        self.target, self.tick, self.sent, self.socket = target, tick, sent, connection
        self.open = True


def check(order: dict) -> None:
    """Refuse an order out of bounds: it comes from outside the guest.

    Raises:
        OrderError: with the reason.
    """
    try:
        seconds, interval, targets = float(order["seconds"]), float(order["interval"]), list(order["targets"])
        for target in targets:
            parse_target(target)
    except (KeyError, TypeError, ValueError) as error:
        raise OrderError(f"the order cannot be read: {error!r}") from None
    if not 0 < seconds <= MAX_SECONDS:
        raise OrderError(f"{seconds:g} seconds; at most {MAX_SECONDS}")
    if interval < MIN_INTERVAL or seconds * 1000 / interval > MAX_TICKS:
        raise OrderError(f"every {interval:g} ms; at least {MIN_INTERVAL} ms and at most {MAX_TICKS} ticks in all")
    if not 0 < len(targets) <= MAX_TARGETS:
        raise OrderError(f"{len(targets)} targets; 1 to {MAX_TARGETS}")


def parse_target(target: str) -> tuple[str, int | None]:
    """``address:port`` is a TCP target, ``address`` alone one for ICMP. Addresses only: a name would cost a lookup.

    That of IPv6 stands in brackets where a port follows, and has no zone: an interface's name is the guest's own.
    """
    if "%" in target:
        raise ValueError(target)
    if target.startswith("["):
        address, _, port = target[1:].partition("]:")
        return str(IPv6Address(address)), int(port)
    if target.count(":") > 1:
        return str(IPv6Address(target)), None
    address, colon, port = target.partition(":")
    return str(IPv4Address(address)), int(port) if colon else None


def family(address: str) -> socket.AddressFamily:
    """The address's family, for a socket."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def measure(order: dict) -> dict:
    """Probe as ordered, until the last answer is in or overdue."""
    check(order)
    return Probe(order).run()


class Probe:
    """One run: its sockets, and what they have seen."""

    def __init__(self, order: dict) -> None:
        self.order = order
        self.targets = [parse_target(target) for target in order["targets"]]
        self.interval = int(float(order["interval"]) * 1e6)
        self.offsets = array("q")
        self.outcomes = [array("q") for _ in self.targets]
        self.errors: Counter[str] = Counter()
        self.epoll = select.epoll()
        self.connects: dict[int, Connect] = {}
        self.queue: deque[Connect] = deque()
        self.echoes: dict[int, int] = {}
        self.pingers: dict[int, socket.socket] = {}
        self.echo_sent = [array("q") for _ in self.targets]
        self.start = self.polled = 0

    def run(self) -> dict:
        """The loop: send what is due, read what came, give up what is overdue."""
        for number, (address, port) in enumerate(self.targets):
            if port is None:
                self._open_pinger(number, address)
        gc.disable()
        epoch, self.start = time.time(), time.monotonic_ns()
        end = self.start + int(float(self.order["seconds"]) * 1e9)
        due = self.polled = self.start
        while True:
            now = time.monotonic_ns()
            if due < end and now >= due:
                self._send_tick(now)
                due = self.start + ((now - self.start) // self.interval + 1) * self.interval
            elif due >= end and now >= end + int(TIMEOUT * 1e9):
                break
            wait = (min(due, end) if due < end else end + int(TIMEOUT * 1e9)) - time.monotonic_ns()
            self._read(max(wait, 0) / 1e9)
        gc.enable()
        for pinger in self.pingers.values():
            pinger.close()
        self.epoll.close()
        return {
            "id": self.order["id"],
            "epoch": round(epoch, 4),
            "epoch_end": round(time.time(), 4),
            "elapsed": (time.monotonic_ns() - self.start) // _UNIT,
            "interval": self.interval // _UNIT,
            "timeout": int(TIMEOUT * 1e9) // _UNIT,
            "targets": list(self.order["targets"]),
            "errors": dict(self.errors),
            "offsets": [now - before for before, now in zip([0, *self.offsets], self.offsets)],
            "outcomes": [list(outcomes) for outcomes in self.outcomes],
        }

    def _open_pinger(self, number: int, address: str) -> None:
        protocol = socket.IPPROTO_ICMPV6 if ":" in address else socket.IPPROTO_ICMP
        pinger = socket.socket(family(address), socket.SOCK_RAW, protocol)
        pinger.setblocking(False)
        pinger.connect((address, 0))
        self.pingers[number] = pinger
        self.echoes[pinger.fileno()] = number
        self.epoll.register(pinger.fileno(), select.EPOLLIN)

    def _send_tick(self, now: int) -> None:
        tick = len(self.offsets)
        self.offsets.append((now - self.start) // _UNIT)
        for number, (address, port) in enumerate(self.targets):
            self.outcomes[number].append(LOST)
            sent = time.monotonic_ns()
            try:
                if port is None:
                    self.echo_sent[number].append(sent)
                    self.pingers[number].send(echo_request(address, identifier(number), tick))
                else:
                    self._connect(number, tick, sent, (address, port))
            except OSError as error:
                self._failed(number, tick, error.errno)

    def _connect(self, number: int, tick: int, sent: int, address: tuple[str, int]) -> None:
        connection = socket.socket(family(address[0]), socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        # The kernel itself gives up at its first retransmission timer, so a stalled probe cannot mistake a second SYN's
        # answer for the first's. No lingering: a reset leaves no TIME_WAIT behind, 100 times a second.
        connection.setsockopt(socket.IPPROTO_TCP, _TCP_USER_TIMEOUT, int(TIMEOUT * 1000))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        refused = connection.connect_ex(address)
        if refused not in (0, errno.EINPROGRESS):
            connection.close()
            self._failed(number, tick, refused)
            return
        connect = Connect(number, tick, sent, connection)
        self.connects[connection.fileno()] = connect
        self.queue.append(connect)
        self.epoll.register(connection.fileno(), select.EPOLLOUT)

    def _read(self, wait: float) -> None:
        # What is read now arrived after the last look; an answer counts as in time if it may have arrived in time.
        events = self.epoll.poll(wait)
        now = time.monotonic_ns()
        for descriptor, _ in events:
            if descriptor in self.echoes:
                self._read_echoes(self.echoes[descriptor], now)
            else:
                self._connected(self.connects[descriptor], now)
        while self.queue and (not self.queue[0].open or now - self.queue[0].sent > TIMEOUT * 1e9):
            overdue = self.queue.popleft()
            if overdue.open:
                self._close(overdue)
        self.polled = now

    def _connected(self, connect: Connect, now: int) -> None:
        failure = connect.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self._close(connect)
        if failure:
            self._failed(connect.target, connect.tick, failure)
        else:
            self._answered(connect.target, connect.tick, connect.sent, now)

    def _close(self, connect: Connect) -> None:
        connect.open = False
        del self.connects[connect.socket.fileno()]
        connect.socket.close()

    def _read_echoes(self, number: int, now: int) -> None:
        while True:
            try:
                packet = self.pingers[number].recv(2048)
            except BlockingIOError:
                return
            except OSError as error:
                self.errors[errno.errorcode.get(error.errno or 0, "?")] += 1
                return
            # Of IPv4 the kernel gives the packet with its header, of IPv6 without (RFC 3542, 3).
            over_ipv6 = ":" in self.targets[number][0]
            header = 0 if over_ipv6 else (packet[0] & 0xF) * 4
            kind, _, _, ident, tick = struct.unpack_from("!BBHHH", packet, header)
            if (
                kind == (_ECHO_REPLY_V6 if over_ipv6 else _ECHO_REPLY)
                and ident == identifier(number)
                and tick < len(self.offsets)
            ):
                self._answered(number, tick, self.echo_sent[number][tick], now)

    def _answered(self, number: int, tick: int, sent: int, now: int) -> None:
        if self.polled - sent <= TIMEOUT * 1e9 and self.outcomes[number][tick] == LOST:
            self.outcomes[number][tick] = (now - sent) // _UNIT

    def _failed(self, number: int, tick: int, code: int | None) -> None:
        if code == errno.ETIMEDOUT:
            return
        if code == errno.ECONNREFUSED:
            self.outcomes[number][tick] = REFUSED
            return
        self.outcomes[number][tick] = ERROR
        self.errors[errno.errorcode.get(code or 0, str(code))] += 1


def identifier(number: int) -> int:
    """The echo identifier of a target: tells this process's echoes from another's."""
    return (os.getpid() * MAX_TARGETS + number) & 0xFFFF


def echo_request(address: str, ident: int, tick: int) -> bytes:
    """An echo request without payload: ICMP (RFC 792), or ICMPv6 (RFC 4443), whose checksum the kernel fills in."""
    if ":" in address:
        return struct.pack("!BBHHH", _ECHO_REQUEST_V6, 0, 0, ident, tick)
    total = (_ECHO_REQUEST << 8) + ident + tick
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!BBHHH", _ECHO_REQUEST, 0, ~total & 0xFFFF, ident, tick)


if __name__ == "__main__":
    json.dump(measure(json.loads(sys.argv[1])), sys.stdout)
