"""The features of a host, each rendered by a module of its own: the one table that says which.

A feature brings files, and what the agent verifies of them: keys of the expectations that the guest's other ones lack
(guestconfig/agent/expectations.py names them all).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.plan.hosts import Feature, Host
from components.plan.stack import Addresses, StackPlan
from components.rendering import bonds, load_balancer, policy_routing
from components.rendering.connection_sync import connection_sync_files
from components.rendering.gateway import gateway_files


def _nothing(_plan: StackPlan, _host: Host, _addresses: Addresses) -> Mapping[str, Any]:
    """For a feature whose units say enough."""
    return {}


@dataclass(frozen=True)
class Rendering:
    """How a feature is rendered: ``files`` gives path and text of each, ``expected`` keys of the expectations."""

    files: Callable[[StackPlan, Host, Addresses], Iterator[tuple[str, str]]]
    expected: Callable[[StackPlan, Host, Addresses], Mapping[str, Any]] = _nothing


RENDERINGS: Mapping[Feature, Rendering] = {
    Feature.POLICY_ROUTING: Rendering(policy_routing.files, policy_routing.expected),
    Feature.LOAD_BALANCER: Rendering(load_balancer.files, load_balancer.expected),
    Feature.GATEWAY: Rendering(gateway_files),
    Feature.CONNECTION_SYNC: Rendering(connection_sync_files),
    Feature.BONDS: Rendering(bonds.files, bonds.expected),
}


def feature_files(plan: StackPlan, host: Host, addresses: Addresses) -> dict[str, str]:
    """The files of all the host's features, by their path on the guest."""
    return {path: text for one in host.features for path, text in RENDERINGS[one].files(plan, host, addresses)}


def feature_expectations(plan: StackPlan, host: Host, addresses: Addresses) -> dict[str, Any]:
    """What the agent verifies of all the host's features."""
    parts = (RENDERINGS[one].expected(plan, host, addresses) for one in host.features)
    return {key: value for part in parts for key, value in part.items()}
