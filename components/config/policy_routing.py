"""``policy-routing``: replies leave by the network on which they were asked for, also those of a virtual IP that moves.

Each NIC of the directors has a routing table of its own, and so has each virtual IP; by default all of that is derived.
The kernel keeps a table's routes and the rules apart by family: a NIC's table is for its addresses of both.
"""

from ipaddress import IPv4Address, IPv6Address

from pydantic import Field

from components.config.base import IPV4, IPAddress, Name, Noun

# rt_tables(5): local, main and default, and 0, which stands for "none".
RESERVED_IDS = {0: "unspec", 253: "default", 254: "main", 255: "local"}
RESERVED_NAMES = frozenset({"all", *RESERVED_IDS.values()})

# The kernel asks its rules in this order: local is 0, main 32766. The two before main are ours: what the main table
# knows but no default route, then the default route by the main network (components/plan/policy_routing.py).
HIGHEST_PRIORITY = 32762


class RoutingTableConfig(Noun):
    """A routing table of a NIC, or of a virtual IP; then it moves with that."""

    network: str | None = Field(
        default=None, description="the key of a network: the table is for the directors' own addresses there"
    )
    virtual_ip: str | None = Field(
        default=None, description="the key of a virtual IP: the table is for that, and exists where it is"
    )
    id: int | None = Field(
        default=None, ge=0, le=2**31 - 1, description="the table's number; default: the first free one from 101"
    )
    priority: int | None = Field(
        default=None,
        ge=1,
        le=HIGHEST_PRIORITY,
        description="of the rule `from`, the rule `to` has the next one; default: the first free ones from 1010",
    )
    gateway: IPv4Address | None = Field(
        default=None, description="where the table's default route leads; default: the network's gateway"
    )
    ipv6_gateway: IPv6Address | None = Field(
        default=None,
        description="where its default route of IPv6 leads, perhaps a router's link-local address; default: as above",
    )
    addresses: tuple[IPv4Address, ...] = Field(
        default=(), description="whose packets use the table; default: all that it is for, and no others are allowed"
    )
    ipv6_addresses: tuple[IPv6Address, ...] = Field(
        default=(), description="whose packets of IPv6 use the table; default: as above"
    )

    def gateway_of(self, version: int) -> IPAddress | None:
        """The gateway of a family (4 or 6), where the file gives one."""
        return self.gateway if version == IPV4 else self.ipv6_gateway

    def addresses_of(self, version: int) -> tuple[IPAddress, ...]:
        """The addresses of a family, as the file gives them."""
        return self.addresses if version == IPV4 else self.ipv6_addresses


class PolicyRoutingConfig(Noun):
    """One table for each NIC and each virtual IP of the directors."""

    main_network: str | None = Field(
        default=None,
        description="by whose gateway the directors' own connections leave; default, and of a family for which it has "
        "none: that of their first NIC with one",
    )
    tables: dict[Name, RoutingTableConfig] = Field(
        default_factory=dict[str, RoutingTableConfig],
        description="tables that are not as derived, by name; the others are added",
    )
