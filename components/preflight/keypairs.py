"""Is the key pair there?"""

from collections.abc import Iterator

from components.config.errors import Finding, at, shown
from components.plan.stack import StackPlan
from components.preflight.cloud import Cloud
from components.preflight.wording import known_names


def ask(cloud: Cloud, plan: StackPlan) -> frozenset[str]:
    """The names of the user's key pairs; not asked for where the plan has none."""
    if plan.guests.keypair is None:
        return frozenset()
    return frozenset(item["keypair"]["name"] for item in cloud.each("compute", "os-keypairs", "keypairs"))


def judge(plan: StackPlan, facts: frozenset[str]) -> Iterator[Finding]:
    """A finding where the key pair is missing."""
    name = plan.guests.keypair
    if name is not None and name not in facts:
        yield Finding(
            at("keypair"),
            f"the user of this login has no key pair {shown(name)}",
            f"Key pairs of this user: {known_names(name, facts)}",
            "Name one of these, create it, or leave the key out",
        )
