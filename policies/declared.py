"""What the stacks of a program declare, read off the components that carry it (components/plan/declarations.py)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from components.plan import declarations as said
from policies.resource import Resource


@dataclass(frozen=True)
class Declared:
    """Of all stacks together: a program may have several, and judges them as one."""

    port_security_off: Mapping[str, str]
    openings: frozenset[str]
    virtual_ips: Mapping[str, str]
    directors: frozenset[str]
    protected: frozenset[str]


def declared(resources: Iterable[Resource]) -> Declared:
    """What is said by the stacks among the resources; ``protected`` are the directors of protected ones."""
    stacks: list[Mapping[str, Any]] = [
        one.inputs[said.DECLARED] for one in resources if one.kind == "Stack" and said.DECLARED in one.inputs
    ]
    return Declared(
        {port: why for stack in stacks for port, why in stack[said.PORT_SECURITY_OFF].items() if why},
        frozenset(opening for stack in stacks for opening in stack[said.OPEN_TO_THE_WORLD]),
        {vip: address for stack in stacks for vip, address in stack[said.VIRTUAL_IPS].items()},
        frozenset(key for stack in stacks for key in stack[said.DIRECTORS]),
        frozenset(key for stack in stacks if stack[said.IS_PROTECTED] for key in stack[said.DIRECTORS]),
    )
