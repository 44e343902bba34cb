"""Rules of policy packs, read from the CLI's stream of events: which of them a stack would break."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class BrokenRule:
    """A rule of a pack, what it says of this stack, and whether it only advises."""

    name: str
    message: str
    advisory: bool = False


def broken_rules(events: Iterable[Mapping[str, Any]]) -> tuple[BrokenRule, ...]:
    """The rules that a preview's events say are broken, in their order.

    Args:
        events: of ``pulumi preview --json --policy-pack`` as it streams them; apitype.PolicyEvent is read.
    """
    return tuple(
        BrokenRule(said["policyName"], said["message"].strip(), said["enforcementLevel"] == "advisory")
        for event in events
        if (said := event.get("policyEvent"))
    )
