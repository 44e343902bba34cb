"""Whether the cloud can be used: Nova's and Neutron's own services have reported since this start."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from openstack.connection import Connection

from lab.waiting import wait_for

_TIMEOUT = 120.0


def await_hosts(cloud: Connection, hosts: Iterable[str], since: datetime) -> None:
    """Wait until each compute host reported after ``since`` and is one the scheduler may choose.

    A saved database shows services as up that ran days ago; only the time of the last report tells.
    """
    wanted = set(hosts)

    def look() -> str | None:
        services: Any = cloud.compute.services(binary="nova-compute")
        fresh = {service.host for service in services if _after(service.updated_at, since)}
        if missing := wanted - fresh:
            return f"nova-compute has not reported on {', '.join(sorted(missing))}"
        hypervisors: Any = cloud.compute.hypervisors()
        mapped = {hypervisor.name for hypervisor in hypervisors}
        if missing := wanted - mapped:
            return f"the scheduler does not know {', '.join(sorted(missing))} yet"
        return None

    wait_for("compute hosts", look, timeout=_TIMEOUT, interval=0.5)


def await_agents(cloud: Connection, wanted: set[tuple[str, str]], since: datetime) -> None:
    """Wait until each network agent, a pair of program and host, reported after ``since``."""

    def look() -> str | None:
        agents: Any = cloud.network.agents()
        fresh = {(agent.binary, agent.host) for agent in agents if _after(agent.last_heartbeat_at, since)}
        missing = wanted - fresh
        return f"no report from {', '.join(f'{b} on {h}' for b, h in sorted(missing))}" if missing else None

    wait_for("network agents", look, timeout=_TIMEOUT, interval=0.5)


def _after(text: str | None, since: datetime) -> bool:
    """Whether a service's time, UTC with or without saying so, is later."""
    if text is None:
        return False
    seen = datetime.fromisoformat(text)
    return (seen if seen.tzinfo else seen.replace(tzinfo=UTC)) >= since
