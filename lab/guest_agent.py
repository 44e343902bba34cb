"""The QEMU guest agent's protocol: commands and files in a guest that may have no network at all.

Speaks over any transport that carries one JSON request to the agent and brings one answer back; guests.py makes one
of a server's name. Shapes and names: QEMU's "Guest Agent Protocol Reference".
"""

import base64
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lab.commands import stop_if_interrupted
from lab.errors import LabError

Transport = Callable[[str], str]

_WORST_SIGNAL = 128  # a shell's way of saying that a command ended by a signal
_CHUNK = 48 * 1024  # bytes a write: as base64 it must fit one word of a command line, which Linux limits to 128 KiB
_FIRST_LOOK = 0.05  # seconds until the first look at a running command
_SLOWEST_LOOK = 1.0


@dataclass(frozen=True)
class GuestResult:
    """What a command in a guest left."""

    returncode: int  # 128 + signal where a signal ended it
    stdout: str
    stderr: str


@dataclass(frozen=True)
class GuestAgent:
    """One guest's agent."""

    name: str
    transport: Transport

    def run(
        self, command: str | Sequence[str], *, timeout: float = 60, stdin: bytes = b"", check: bool = False
    ) -> GuestResult:
        """Run a command to its end: a list of words, or a string for the guest's shell.

        At most 16 MiB of output come back. Raises ``LabError`` when the agent does not answer, when the command is
        missing, when it still runs after ``timeout`` seconds (it is killed then), or, with ``check``, when it fails.
        """
        status = self._finished(command, timeout, stdin)
        code = status.get("exitcode", _WORST_SIGNAL + status.get("signal", 0))
        result = GuestResult(code, _text(status, "out-data"), _text(status, "err-data"))
        if check and code != 0:
            raise LabError(
                f"guest {self.name}",
                f"{_shown(command)} ended with status {code}: {(result.stderr or result.stdout).strip()[-500:]}",
                "status 0",
                f"look into the guest: `vipstack lab exec {self.name} 'journalctl --boot --lines 50'`",
            )
        return result

    def get(self, path: str, *, timeout: float = 60) -> bytes:
        """A file's contents, at most 16 MiB. Raises ``LabError`` where it cannot be read."""
        status = self._finished(["cat", "--", path], timeout, b"")
        if status.get("exitcode") != 0:
            raise LabError(
                f"guest {self.name}",
                f"{path} cannot be read: {_text(status, 'err-data').strip()}",
                "a file that exists",
                f"look with `vipstack lab exec {self.name} 'ls -l {path}'`",
            )
        return base64.b64decode(status.get("out-data", ""))

    def put(self, path: str, content: bytes) -> None:
        """Write a file, replacing what was there; its folder exists. Raises ``LabError`` where that is refused."""
        handle = self._ask("guest-file-open", {"path": path, "mode": "w"})
        try:
            for start in range(0, len(content), _CHUNK):
                chunk = base64.b64encode(content[start : start + _CHUNK]).decode()
                self._ask("guest-file-write", {"handle": handle, "buf-b64": chunk})
        finally:
            self._ask("guest-file-close", {"handle": handle})

    def ping(self) -> None:
        """Raise ``LabError`` unless the agent answers."""
        self._ask("guest-ping", {})

    def _finished(self, command: str | Sequence[str], timeout: float, stdin: bytes) -> Mapping[str, Any]:
        words = ["/bin/sh", "-c", command] if isinstance(command, str) else list(command)
        arguments: dict[str, Any] = {"path": words[0], "arg": words[1:], "capture-output": True}
        if stdin:
            arguments["input-data"] = base64.b64encode(stdin).decode()
        pid = self._ask("guest-exec", arguments)["pid"]
        deadline = time.monotonic() + timeout
        pause = _FIRST_LOOK
        while True:
            status = self._ask("guest-exec-status", {"pid": pid})
            if status["exited"]:
                return status
            if time.monotonic() > deadline:
                self._ask("guest-exec", {"path": "kill", "arg": ["-KILL", str(pid)]})
                raise LabError(
                    f"guest {self.name}",
                    f"{_shown(command)} still runs after {timeout:g} s, and was killed",
                    "an end within its deadline",
                    "give it more time, or look what it waits for",
                )
            stop_if_interrupted()
            time.sleep(pause)
            pause = min(pause * 2, _SLOWEST_LOOK)

    def _ask(self, command: str, arguments: Mapping[str, Any]) -> Any:  # noqa: ANN401 - each command answers in its shape
        answer = json.loads(self.transport(json.dumps({"execute": command, "arguments": arguments})))
        if "error" in answer:
            raise LabError(
                f"guest {self.name}",
                f"its agent refused {command}: {answer['error'].get('desc', answer['error'])}",
                "a command or file that exists in the guest",
                "correct the command line or the path",
            )
        return answer["return"]


def _shown(command: str | Sequence[str]) -> str:
    return repr(command if isinstance(command, str) else " ".join(command))


def _text(status: Mapping[str, Any], key: str) -> str:
    return base64.b64decode(status.get(key, "")).decode(errors="replace")
