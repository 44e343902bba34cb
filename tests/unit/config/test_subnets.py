"""Subnets that look special and are for hosts all the same; those that are not: bad_input/networks.yaml."""

import pytest

from components.config.check import check


@pytest.mark.parametrize(
    "cidr",
    ["10.0.0.0/24", "100.64.0.0/24", "172.16.0.0/24", "192.0.2.0/24", "198.18.0.0/24", "198.51.100.0/24", "9.9.9.0/24"],
)
def test_a_subnet_for_hosts_is_taken(changed, cidr: str) -> None:
    assert check(changed({"networks.spare": {"cidr": cidr}})), "private, shared, documentation, benchmarks, public"


@pytest.mark.parametrize("cidr", ["2001:db8:51::/64", "fd00:51::/64", "2a00:51::/64"])
def test_a_subnet_of_ipv6_for_hosts_is_taken(changed, cidr: str) -> None:
    assert check(changed({"networks.web.ipv6": {"cidr": cidr}}))
