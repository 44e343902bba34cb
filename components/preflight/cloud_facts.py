"""What preflight found and the program goes on to use: the ids behind the names of the stack file.

Handed on so that nothing is looked up twice, and so that every preview knows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

PORT_SECURITY, STATELESS_GROUPS = "port-security", "stateful-security-group"
"""Aliases of Neutron's extensions: port security may be switched off, and groups may be stateless."""


@dataclass(frozen=True)
class ExistingNetwork:
    """A network that was there before, and its subnets with the stack file's ranges."""

    network_id: str
    subnet_id: str
    ipv6_subnet_id: str | None = None


@dataclass(frozen=True)
class CloudFacts:
    """Ids by name, existing networks by their key in the stack file; ``remarks`` are for the operator, not refusals.

    ``extensions`` are the aliases of Neutron's, none where it does not say.
    """

    images: Mapping[str, str]
    flavors: Mapping[str, str]
    external_networks: Mapping[str, str]
    networks: Mapping[str, ExistingNetwork]
    extensions: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()
