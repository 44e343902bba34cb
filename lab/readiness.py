"""Whether the cloud can be used: Nova's and Neutron's own services have reported since this start."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from openstack.connection import Connection

from lab.waiting import wait_for

_TIMEOUT = 120.0


def await_hosts(cloud: Connection, since: Mapping[str, datetime]) -> None:
    """Wait until each compute host is one the scheduler may choose.

    A database of an earlier start shows services as up that ran days ago; only the time of the last report tells. A
    service that this start has made known has none yet: Nova's first report comes five seconds later.
    """

    def look() -> str | None:
        services: Any = cloud.compute.services(binary="nova-compute")
        seen = {service.host: service.updated_at for service in services}
        fresh = {host for host, updated in seen.items() if updated is None or _after(updated, since.get(host))}
        if silent := [host for host in since if host not in fresh]:
            return f"nova-compute has not reported on {', '.join(silent)}"
        hypervisors: Any = cloud.compute.hypervisors()
        if missing := since.keys() - {hypervisor.name for hypervisor in hypervisors}:
            return f"the scheduler does not know {', '.join(sorted(missing))} yet"
        return None

    wait_for("compute hosts", look, timeout=_TIMEOUT, interval=0.5)


def await_agents(cloud: Connection, since: Mapping[tuple[str, str], datetime]) -> None:
    """Wait until each network agent, a pair of program and host, has reported after its own start."""

    def look() -> str | None:
        agents: Any = cloud.network.agents()
        seen = {(agent.binary, agent.host): agent.last_heartbeat_at for agent in agents}
        silent = [" on ".join(agent) for agent, start in since.items() if not _after(seen.get(agent), start)]
        return f"no report from {', '.join(silent)}" if silent else None

    wait_for("network agents", look, timeout=_TIMEOUT, interval=0.5)


def _after(text: str | None, since: datetime | None) -> bool:
    """Whether a service's time, UTC with or without saying so, is later."""
    if text is None or since is None:
        return False
    seen = datetime.fromisoformat(text)
    return (seen if seen.tzinfo else seen.replace(tzinfo=UTC)) >= since
