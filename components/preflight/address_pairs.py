"""Do the pairs of each port stay within what Neutron allows by default?

The cloud's own limit (``max_allowed_address_pair``) cannot be seen by a member, so its default is taken and nothing is
asked.
"""

from collections.abc import Iterator

from components.config.errors import Finding, at
from components.plan.stack import StackPlan
from components.preflight.wording import path_of

# neutron/conf/extensions/allowedaddresspairs.py
MOST_PAIRS = 10


def judge(plan: StackPlan) -> Iterator[Finding]:
    """One finding for each port that needs more pairs."""
    for host in plan.hosts:
        for port in host.ports:
            if len(port.pairs) > MOST_PAIRS:
                yield Finding(
                    path_of(host, "nics") if len(host.ports) > 1 else at("virtual-ips"),
                    f"{host.key}'s port on {port.network} needs {len(port.pairs)} address pairs",
                    f"Neutron allows {MOST_PAIRS} on a port by default; whether a cloud allows more cannot be seen",
                    "Put fewer virtual IPs on this network, or write virtual-mac: false (with it each takes two)",
                )
