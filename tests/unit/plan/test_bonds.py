"""Bonds: which ports and words they become. What Open vSwitch makes of them is decided in tests/drill and the lab."""

from components.plan.hosts import Feature
from components.plan.stack import plan_stack


def test_a_bond_is_a_port_with_addresses_and_legs_without(configured) -> None:
    plan = plan_stack("s", configured({"directors.nics.0.bond": {"legs": 3}}))
    for host in plan.hosts[:2]:
        assert [port.key for port in host.ports] == [f"{host.key}-web"], "its address, groups and pairs are the first's"
        assert [leg.name for leg in host.legs] == [f"s-{host.key}-web-leg-2", f"s-{host.key}-web-leg-3"]
        assert host.features == (Feature.BONDS,)


def test_the_bridge_stands_where_a_nic_would(configured) -> None:
    network = plan_stack("s", configured({"directors.nics.0.bond": {}})).network("web")
    assert network.interface == "br-web"
    assert network.bond
    assert network.bond.nics == ("@nic:web@", "@nic:web.2@"), "the guest finds its NICs by their MACs"


def test_a_bridge_has_a_name_that_the_kernel_takes(configured) -> None:
    long = "a-network-with-a-long-name"
    changes = {
        f"networks.{long}": {"cidr": "10.1.1.0/24"},
        "directors.nics": [{"network": "web"}, {"network": long, "bond": {}}],
    }
    assert plan_stack("s", configured(changes)).network(long).interface == "br-nic-1"


def test_without_a_bond_there_are_no_legs(configured) -> None:
    plan = plan_stack("s", configured())
    assert plan.network("web").interface == "@nic:web@"
    assert not any(host.legs for host in plan.hosts)
