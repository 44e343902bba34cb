"""Neutron's agent of the switch, which here tries a port again that the switch has not numbered yet.

Run by the services' interpreter in place of ``neutron-openvswitch-agent``, with its arguments. Neutron 29.0.0 says of
such a port that it "will be retried on the next iteration", and forgets it: Nova waits for its plug in vain, and the
server ends in ERROR. Seen where a server's three ports were plugged on a busy machine. Not imported by the lab: its own
interpreter has no Neutron.
"""

import importlib
import sys
from collections.abc import Callable
from typing import Any

_AGENT = "neutron.plugins.ml2.drivers.openvswitch.agent.ovs_neutron_agent"
_Treated = tuple[Any, Any, Any, set[str], set[str], Any]


def with_retry(treat: Callable[..., _Treated]) -> Callable[..., _Treated]:
    """What ``treat_devices_added_or_updated`` found, with the ports that have no number among the failed ones."""

    def treating(*arguments: object) -> _Treated:
        skipped, inactive, bound, failed, unnumbered, migrating = treat(*arguments)
        return skipped, inactive, bound, failed | unnumbered, unnumbered, migrating

    return treating


def main() -> int:
    """Run the agent until it ends."""
    command = importlib.import_module("neutron.cmd.agents.ovs_neutron_agent")
    agent = importlib.import_module(_AGENT).OVSNeutronAgent
    agent.treat_devices_added_or_updated = with_retry(agent.treat_devices_added_or_updated)
    return command.main() or 0


if __name__ == "__main__":
    sys.exit(main())
