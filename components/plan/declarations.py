"""What of a plan is out of the ordinary, and why: for those who judge the resources without knowing the stack file.

The stack's component carries it into Pulumi's state, where the rules of ``policies/`` and a reviewer find it.
Deliberately says nothing that a resource says itself.
"""

from collections.abc import Iterator

from components.plan.firewall import ANYWHERE, ANYWHERE6
from components.plan.hosts import Role
from components.plan.stack import StackPlan

DECLARED = "declared"
PORT_SECURITY_OFF = "port-security-off"
OPEN_TO_THE_WORLD = "open-to-the-world"
VIRTUAL_IPS = "virtual-ips"
DIRECTORS = "directors"
IS_PROTECTED = "protected"

_OTHERS_ADDRESSES = "the director sends packets with others' addresses; its guest filters"
_LEG = "frames of the whole bond come and go by it; the bond's first port has the addresses"


def declarations(plan: StackPlan) -> dict[str, object]:
    """Plain data by the keys above.

    Ports by their keys, with the reason; openings by ``opening``, with the key of a rule; virtual IPs by their keys,
    with the address; the directors' keys; whether the stack is protected.
    """
    return {
        PORT_SECURITY_OFF: dict(_unfiltered(plan)),
        OPEN_TO_THE_WORLD: {
            opening(rule.protocol.value, rule.ports): rule.key
            for group in plan.security_groups
            for rule in group.rules
            if rule.remote in (ANYWHERE, ANYWHERE6)
        },
        VIRTUAL_IPS: {vip.key: str(vip.address) for vip in plan.virtual_ips},
        DIRECTORS: [host.key for host in plan.hosts_of(Role.DIRECTOR)],
        IS_PROTECTED: plan.protected,
    }


def opening(protocol: str, ports: tuple[int, int] | None) -> str:
    """What a rule lets in, in a word or two: ``icmp``, ``tcp 80-80``."""
    return f"{protocol} {ports[0]}-{ports[1]}" if ports else protocol


def _unfiltered(plan: StackPlan) -> Iterator[tuple[str, str]]:
    for host in plan.hosts:
        yield from ((port.key, _OTHERS_ADDRESSES) for port in host.ports if not port.security)
        yield from ((leg.key, _LEG) for leg in host.legs)
