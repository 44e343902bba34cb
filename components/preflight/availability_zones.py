"""Is each availability zone there?"""

from collections.abc import Iterator

from components.config.errors import Finding, shown
from components.plan.stack import StackPlan
from components.preflight.cloud import Cloud
from components.preflight.wording import known_names, path_of


def ask(cloud: Cloud, plan: StackPlan) -> frozenset[str]:
    """The zones that take servers; not asked for where the plan names none."""
    if not any(host.availability_zone for host in plan.hosts):
        return frozenset()
    page = cloud.get("compute", "os-availability-zone") or {"availabilityZoneInfo": []}
    return frozenset(zone["zoneName"] for zone in page["availabilityZoneInfo"] if zone["zoneState"]["available"])


def judge(plan: StackPlan, facts: frozenset[str]) -> Iterator[Finding]:
    """One finding for each key that names a zone which is not there."""
    for where, zone in dict.fromkeys((path_of(h, "availability-zone"), h.availability_zone) for h in plan.hosts):
        if zone is not None and zone not in facts:
            yield Finding(
                where,
                f"the cloud has no availability zone {shown(zone)}",
                f"Zones that take servers: {known_names(zone, facts)}",
                "Name one of these, or leave the key out",
            )
