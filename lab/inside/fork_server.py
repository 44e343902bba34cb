"""Imports once what several services are made of and runs each in a fork: ``python fork_server.py SOCKET MODULE...``.

A service's start is imports for the most part, three to four seconds of a processor, and services of one project import
the same; what they have imported they share in memory, too.

A request is one message on the unix socket: a command line, ``INTERPRETER SCRIPT [ARGUMENT...]``, its environment, and
as handles its log and what makes its room (``_enter``). The fork enters the room and answers in its own name, so that
whoever asked learns its process id from the kernel; then it runs the script as the interpreter would. No module may
start a thread or open a connection while it is imported: forks would share the connection and lack the thread.

Of the standard library alone: it is run by the services' interpreter.
"""

import ctypes
import gc
import importlib
import json
import os
import runpy
import shlex
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

STARTED = b"started"
_LONGEST = 65536  # bytes of a request; a command line and an environment of the lab's take about one kilobyte
_HANDLES = 6  # log, network, UTS and mount namespace, root folder, working folder


@dataclass(frozen=True)
class Request:
    """A command line of the interpreter, and its whole environment."""

    words: Sequence[str]
    environment: dict[str, str]


def serve(address: Path) -> Request:
    """Fork for each request; returns the request in the fork, and never in the server.

    The socket gets its name once it answers.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    gc.freeze()  # a collector that looks at what is shared would copy it for each fork
    unnamed = address.with_suffix(".new")
    unnamed.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(str(unnamed))
        listener.listen(32)
        unnamed.rename(address)
        while True:
            asked, _ = listener.accept()
            with asked:
                message, handles, _, _ = socket.recv_fds(asked, _LONGEST, _HANDLES)
                if len(handles) == _HANDLES and os.fork() == 0:
                    return _settle(asked, handles, Request(**json.loads(message)))
                for handle in handles:
                    os.close(handle)


def _settle(asked: socket.socket, handles: list[int], request: Request) -> Request:
    """Make the fork a process of its own in its room, and answer."""
    os.setsid()  # first: who ends the server ends its session
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log, *room = handles
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        _enter(*room)
    except OSError as error:
        asked.send(str(error).encode())
        sys.exit(1)
    for handle in handles:
        os.close(handle)
    gc.enable()
    os.environ.clear()
    os.environ.update(request.environment)
    asked.send(STARTED)
    return request


def _enter(network: int, names: int, mounts: int, root: int, folder: int) -> None:
    """Enter a room; the mount namespace takes the root folder along, which a lab in a chroot has elsewhere."""
    library = ctypes.CDLL(None, use_errno=True)
    for namespace in (network, names, mounts):
        if library.setns(namespace, 0) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"the room cannot be entered: {os.strerror(number)}")
    os.fchdir(root)
    os.chroot(".")
    os.fchdir(folder)


def entitle(words: Sequence[str]) -> None:
    """Show the script's command line in the list of processes, not the server's."""
    title = importlib.import_module("setproctitle")  # Neutron and Nova bring it
    title.setproctitle(shlex.join(words))
    title.setthreadtitle(Path(words[1]).name)


def main() -> None:
    """Import, serve, and in a fork be the script."""
    gc.disable()  # nothing that imports make is garbage
    address, *modules = sys.argv[1:]
    sys.argv = sys.argv[:1]  # some modules look for arguments of their own
    for module in modules:
        importlib.import_module(module)
    request = serve(Path(address))
    entitle(request.words)
    sys.argv = list(request.words[1:])
    runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
