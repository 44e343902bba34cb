"""The demonstration: a lab, a stack on it, requests through the virtual IP, a director killed, the outage measured.

Owns the order and what is said; each part is done by those who do it for an operator too. What is there already is not
done again, so an interrupted demonstration goes on where it was.
"""

import subprocess
import sys
from functools import partial

import toolchain
from lab import commands, traffic
from lab.errors import LabError
from lab.laboratory import Laboratory
from lab.layout import DEFAULT_HOSTS
from lab.progress import Progress
from lab.shares import coming_up
from lab.stacks import PROJECT, LabStack, environment, shipped, with_image
from lab.steps import Step, run
from lab.up import up

STACK = "lvs-dr"
_REQUESTS = 8

_HINTS = f"""
The stack is up. With  eval "$(.venv/bin/vipstack lab env)"
  look    .venv/bin/vipstack lab status;  .venv/bin/vipstack lab exec {STACK}-director-1 'ipvsadm -Ln'
  change  edit stacks/Pulumi.{STACK}.yaml (a weight, say), then
          .venv/bin/vipstack pulumi preview -s {STACK} --diff;  .venv/bin/vipstack pulumi up -s {STACK}
  end     .venv/bin/vipstack pulumi destroy -s {STACK};  .venv/bin/vipstack lab down
"""


def demonstrate(lab: Laboratory, image: str | None, progress: Progress) -> LabStack:
    """Set everything up: toolchain and lab side by side, the Go build being the long pole.

    ``image`` replaces the stack file's for every guest; None leaves it.

    Raises ``LabError`` or ``toolchain.ToolchainError``.
    """
    steps = [
        Step("Pulumi toolchain", partial(_toolchain, progress)),
        Step("OpenStack", partial(up, lab, DEFAULT_HOSTS, progress)),
    ]
    run(steps, progress)
    stack = LabStack(STACK, lab.layout, with_image(shipped(STACK), image, lab.layout.state) if image else None)
    stack.init()
    return stack


def main_job(lab: Laboratory, stack: LabStack) -> int:
    """Bring the stack up, ask through its virtual IP, break its master; the exit status is the drill's."""
    _say(f"pulumi up --stack {STACK}")
    with coming_up(lab.layout, STACK):
        ended = stack.shown("up", "--yes", "--skip-preview", "--stack", STACK)
    if ended != 0:
        raise LabError(
            f"pulumi up --stack {STACK}",
            "it failed; its output is above",
            "every guest reports ready",
            "mend what the output names and run the demonstration again: it goes on from here",
        )
    _ask(lab, stack)
    _say(f"vipstack drill {STACK} --faults crash")
    drill = [sys.executable, "-m", "vipstack", "drill", STACK, "--faults", "crash"]
    status = subprocess.call(drill, cwd=PROJECT, env=environment(lab.layout))
    print(_HINTS)  # noqa: T201 - the demonstration speaks to its reader
    return status


def _ask(lab: Laboratory, stack: LabStack) -> None:
    vip = next(iter(stack.outputs()["virtual-ips"].values()))
    place = traffic.client(lab)
    _say(f"{_REQUESTS} requests from {place.address}, beyond the router, to http://{vip['address']}/")
    for server, times in sorted(traffic.ask(place, f"http://{vip['address']}/", _REQUESTS).items()):
        _say(f"  {server}: {times}")
    for host in stack.outputs()["hosts"].values():
        if host["role"] == "real-server":
            seen = traffic.clients_seen(lab, host["name"])
            _say(f"  {host['name']} logged the clients {', '.join(sorted(seen))}")


def _toolchain(progress: Progress) -> None:
    def say(line: str) -> None:
        commands.stop_if_interrupted()  # minutes of a build would only delay what failed beside it
        progress.say(line)

    toolchain.ensure(say)


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the demonstration speaks to its reader
