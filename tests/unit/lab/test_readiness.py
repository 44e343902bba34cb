"""Can decide: which reports count as fresh. Cannot: when services report."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from lab import readiness
from lab.errors import LabError

START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def _cloud(updated: str | None, mapped: list[str]) -> Any:
    service = SimpleNamespace(host="host1", updated_at=updated)
    agent = SimpleNamespace(binary="agent", host="host1", last_heartbeat_at=updated)
    return SimpleNamespace(
        compute=SimpleNamespace(
            services=lambda binary: [service],  # noqa: ARG005 - the SDK's keyword
            hypervisors=lambda: [SimpleNamespace(name=name) for name in mapped],
        ),
        network=SimpleNamespace(agents=lambda: [agent]),
    )


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_TIMEOUT", 0)


@pytest.mark.parametrize("updated", ["2026-01-01T12:00:01.000000", "2026-01-01 12:00:01+00:00"])
def test_a_report_after_the_start_counts(updated: str) -> None:
    readiness.await_hosts(_cloud(updated, ["host1"]), {"host1": START})
    readiness.await_agents(_cloud(updated, []), {("agent", "host1"): START})


def test_a_host_that_is_known_since_this_start_need_not_report() -> None:
    readiness.await_hosts(_cloud(None, ["host1"]), {"host1": START})


def test_a_host_that_is_not_known_has_not_reported() -> None:
    with pytest.raises(LabError, match="nova-compute has not reported on host2"):
        readiness.await_hosts(_cloud(None, ["host1"]), {"host2": START})


def test_a_saved_databases_old_report_does_not_count() -> None:
    with pytest.raises(LabError, match="nova-compute has not reported on host1"):
        readiness.await_hosts(_cloud("2026-01-01T11:59:59.000000", ["host1"]), {"host1": START})
    with pytest.raises(LabError, match="no report from agent on host1"):
        readiness.await_agents(_cloud("2026-01-01T11:59:59", []), {("agent", "host1"): START})


def test_a_host_no_cell_knows_is_not_ready() -> None:
    with pytest.raises(LabError, match="the scheduler does not know host1 yet"):
        readiness.await_hosts(_cloud("2026-01-01T12:00:01", []), {"host1": START})
