"""Does each server's name fit into a host name? Asks nothing, but needs the stack's name, which no stack file has."""

from collections.abc import Iterator

from components.config.errors import Finding
from components.plan.stack import StackPlan

# RFC 1123's length of a label; nova/utils.py, sanitize_hostname, cuts the rest off.
LONGEST_NAME = 63


def judge(plan: StackPlan) -> Iterator[Finding]:
    """One finding for each server whose host name Nova would cut."""
    for host in plan.hosts:
        beyond = len(host.name) - LONGEST_NAME
        if beyond > 0:
            yield Finding(
                f"The name of {host.key}",
                f"the server would be called {host.name}, {len(host.name)} characters",
                f"A host name ends at {LONGEST_NAME}, and Nova cuts the rest off, so that two servers may share one",
                f"Shorten the stack's name {plan.stack} or this host's by {beyond} in all",
            )
