"""Features: what the directors do beyond VRRP and IPVS, and which noun of the stack file asks for it."""

from collections.abc import Callable, Mapping

from components.config.stack import StackConfig
from components.plan.hosts import Feature

# A feature that is not here is nobody's wish yet.
ASKED_BY: Mapping[Feature, Callable[[StackConfig], bool]] = {
    Feature.POLICY_ROUTING: lambda config: config.policy_routing is not None,
    Feature.LOAD_BALANCER: lambda config: config.haproxy is not None,
    Feature.GATEWAY: lambda config: config.gateway is not None,
    Feature.CONNECTION_SYNC: lambda config: config.connection_sync is not None,
    Feature.BONDS: lambda config: any(nic.bond for nic in config.directors.nics),
}


def director_features(config: StackConfig) -> tuple[Feature, ...]:
    """The directors' features, always in the enumeration's order: another order would be another bootstrap."""
    return tuple(feature for feature in Feature if feature in ASKED_BY and ASKED_BY[feature](config))
