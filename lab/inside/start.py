"""Starts one of Neutron's agents with what the lab changes in it: ``python start.py PROGRAM [ARGUMENT...]``.

The interpreter may have imported much of the agent before (fork_server.py).

In each: privileged calls are made where they are wanted. By default oslo.privsep leaves them to helpers, one for each
context, which are interpreters of their own with most of Neutron in them: a dozen of 120 MB. They guard root's rights
from an agent that has none; here every agent is root's. (Nova's must stay: one opens the guests' consoles, and who
leads a session is hung up on when such a console goes.)

In the switch's agent: a port is tried again that the switch has not numbered yet. Neutron 29.0.0 says of such a port
that it "will be retried on the next iteration", and forgets it: Nova waits for its plug in vain, and the server ends in
ERROR. Seen where a server's three ports were plugged on a busy machine. And a failed OpenFlow event is told in the log:
os_ken 4 with native threads takes any exception for the wish to end its loop of events, without a word, and the agent
then waits for an answer for ever. Seen once, at a start.
"""

import importlib
import os
import runpy
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SWITCH_AGENT = "neutron-openvswitch-agent"
_SWITCH_MODULE = "neutron.plugins.ml2.drivers.openvswitch.agent.ovs_neutron_agent"
_HUB_MODULE = "os_ken.lib.hub"
_CHAINS_MODULE = "neutron.agent.linux.iptables_manager"
_Treated = tuple[Any, Any, Any, set[str], set[str], Any]


def call_directly(context: type[Any]) -> None:
    """Make each ``oslo_privsep.priv_context.PrivContext`` call its functions in the process that asks.

    Those that were made already are found where their makers keep them, in modules.
    """
    for module in list(sys.modules.values()):
        for made in list(vars(module).values()):
            if isinstance(made, context):
                made.set_client_mode(False)
    prepare: Callable[..., None] = context.__init__

    def prepare_and_call_directly(made: Any, *arguments: object, **named: object) -> None:  # noqa: ANN401 - not ours
        prepare(made, *arguments, **named)
        made.set_client_mode(False)

    context.__init__ = prepare_and_call_directly


def fork_quietly() -> None:
    """Make what the program forks deaf to its signals.

    pyroute2 forks for a look into another namespace, and ends the child by SIGTERM: through the inherited file the
    child's handler would tell the program that it is to end itself.
    """

    def forget() -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    os.register_at_fork(after_in_child=forget)


def with_retry(treat: Callable[..., _Treated]) -> Callable[..., _Treated]:
    """What ``treat_devices_added_or_updated`` found, with the ports that have no number among the failed ones."""

    def treating(*arguments: object) -> _Treated:
        skipped, inactive, bound, failed, unnumbered, migrating = treat(*arguments)
        return skipped, inactive, bound, failed | unnumbered, unnumbered, migrating

    return treating


class TaskEnds(Exception):  # noqa: N818 - nothing went wrong
    """What ends a loop of os_ken's, and nothing else does."""


def outlive_failed_events(hub: Any) -> None:  # noqa: ANN401 - not ours
    """Make os_ken's loops, which read this name when something was raised, log a handler's exception and go on."""
    hub.TaskExit = TaskEnds


def main(program: str) -> None:
    """Run the agent, a program of the interpreter's own environment, until it ends."""
    path = Path(sys.executable).with_name(program)
    sys.argv = [str(path), *sys.argv[2:]]
    call_directly(importlib.import_module("oslo_privsep.priv_context").PrivContext)
    fork_quietly()
    if chains := sys.modules.get(_CHAINS_MODULE):
        importlib.reload(chains)  # it calls its chains after the program that imports it
    if program == _SWITCH_AGENT:
        outlive_failed_events(importlib.import_module(_HUB_MODULE))
        agent = importlib.import_module(_SWITCH_MODULE).OVSNeutronAgent
        agent.treat_devices_added_or_updated = with_retry(agent.treat_devices_added_or_updated)
    runpy.run_path(str(path), run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1])
