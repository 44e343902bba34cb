"""The rules across keys: one named function a rule, one module a noun; each yields findings from a draft.

Add here: a rule that needs more than one value. A limit of a single value belongs on the noun's field, where the schema
and the key table see it too. Do not add here: what only the cloud knows (components/preflight).
Every rule takes time in proportion to the stack file's length.
"""

from collections.abc import Callable, Iterator

from components.config.draft import Draft
from components.config.errors import Finding
from components.config.rules import (
    addresses,
    balancing,
    cloud_profile,
    directors,
    endpoints,
    forwarding,
    names,
    networks,
    notification,
    outside,
    pairs,
    peers,
    policy_routing,
    ranges,
    real_servers,
    references,
    services,
    timing,
    virtual_ips,
    vrrp,
)

Rule = Callable[[Draft], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    references.unknown_networks,
    references.unknown_virtual_ips,
    networks.gateway_is_a_host_of_the_subnet,
    networks.subnets_do_not_overlap,
    networks.existing_network_is_left_as_it_is,
    ranges.pools_or_excluded_ranges,
    ranges.ranges_lie_in_the_subnet,
    ranges.ranges_do_not_overlap,
    ranges.pools_spare_the_gateway,
    ranges.pools_have_room,
    virtual_ips.address_is_outside_the_pools,
    virtual_ips.one_instance_each,
    virtual_ips.directors_are_on_the_network,
    addresses.addresses_are_hosts_of_their_subnet,
    addresses.addresses_are_not_the_gateway,
    addresses.addresses_are_used_once,
    directors.names_match_the_count,
    directors.one_nic_a_network,
    directors.one_address_a_director,
    timing.one_word_for_the_interval,
    timing.fast_needs_version_3,
    timing.interval_can_be_kept,
    timing.delay_needs_preemption,
    vrrp.router_ids_are_unique,
    vrrp.one_network_an_instance,
    vrrp.password_fits_the_version,
    services.one_virtual_ip_or_several,
    services.a_port_or_a_range,
    endpoints.endpoints_are_apart,
    vrrp.label_stands_on_the_nic,
    peers.peer_network_joins_the_directors,
    peers.peer_network_is_the_directors_own,
    peers.peer_network_has_the_family,
    peers.groups_hold_instances_once,
    notification.mail_addresses_are_whole,
    services.real_servers_exist,
    balancing.unknown_real_servers,
    forwarding.direct_routing_stays_on_the_network,
    forwarding.direct_routing_keeps_the_port,
    forwarding.a_range_keeps_its_ports,
    forwarding.nat_comes_back,
    services.one_owner_of_the_table,
    services.static_tables_check_nothing,
    services.tcp_is_not_checked_by_udp,
    balancing.flags_fit_the_scheduler,
    balancing.one_packet_is_for_udp,
    balancing.persistence_fits_the_family,
    balancing.quorum_can_be_reached,
    balancing.sorry_server_is_somebody_else,
    balancing.sorry_server_can_be_reached,
    real_servers.count_or_servers,
    real_servers.existing_ones_have_an_address,
    policy_routing.table_is_for_one_thing,
    policy_routing.tables_are_of_ipv4,
    policy_routing.one_table_each,
    policy_routing.names_are_free,
    policy_routing.ids_are_free,
    policy_routing.priorities_are_free,
    policy_routing.directors_are_on_the_networks,
    policy_routing.networks_have_a_gateway,
    policy_routing.gateways_are_neighbours,
    policy_routing.rules_are_for_own_addresses,
    names.hosts_have_their_own_names,
    names.ports_have_their_own_names,
    outside.floating_ips_have_a_way_in,
    pairs.pairs_fit_on_a_port,
    cloud_profile.direct_routing_on_ovn_is_stateless,
)


def rule_findings(draft: Draft) -> Iterator[Finding]:
    """Every finding of every rule."""
    for rule in RULES:
        yield from rule(draft)
