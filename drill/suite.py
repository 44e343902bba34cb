"""Which faults a stack can be drilled with, and a plan of repetitions. Pure."""

from collections.abc import Sequence

from drill.faults import CLEAN_STOP, CRASH, HAPROXY_KILLED, KEEPALIVED_KILLED, LINK_DOWN, NIC_DOWN, Fault
from drill.outputs import StackOutputs

_LOAD_BALANCER = "load-balancer"

Plan = list[tuple[Fault | None, int]]
"""Fault (None: the control run) and number of each repetition, in order."""


def faults_for(stack: StackOutputs, virtual_ip: str) -> tuple[Fault, ...]:
    """All faults that mean something for the stack.

    A port that is cut in silence is noticed by the adverts that no longer pass it. Where these travel on another
    network nothing notices, so there the link itself goes down.
    """
    same_network = stack.peer_networks[virtual_ip] == stack.networks[virtual_ip]
    balances = any(_LOAD_BALANCER in director.features for director in stack.directors)
    return (
        CRASH,
        KEEPALIVED_KILLED,
        *((HAPROXY_KILLED,) if balances else ()),
        NIC_DOWN if same_network else LINK_DOWN,
        CLEAN_STOP,
    )


def plan(faults: Sequence[Fault | None], repeat: int) -> Plan:
    """Each fault ``repeat`` times, the control run once."""
    return [(fault, number) for fault in faults for number in range(1, (repeat if fault else 1) + 1)]
