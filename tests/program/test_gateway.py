"""A gateway's ports as the cloud is asked for them. What DHCP then says is decided on guests (tests/lab)."""

from tests.program.recording import GOLDEN_STACKS, stack_file


def test_the_directors_are_told_no_gateway_but_the_outside_one(run):
    ports = run("lvs-gateway", stack_file("lvs-gateway")).of("Port")

    assert ports["director-01-internal"].inputs["extraDhcpOptions"] == [
        {"name": "classless-static-route", "value": "10.0.0.0/24,0.0.0.0"}
    ], "by the inside network a director would ask itself for the way out"
    assert "extraDhcpOptions" not in ports["director-01-public"].inputs
    assert "extraDhcpOptions" not in ports["real-01-internal"].inputs, "who is behind the directors needs them"
    assert ports["director-01-internal"].inputs["portSecurityEnabled"] is False
    assert "portSecurityEnabled" not in ports["director-01-sync"].inputs, "the cloud filters where nothing is forwarded"


def test_a_routed_prefix_is_told_to_the_router_as_soon_as_it_has_its_legs(run):
    made = run("gateway-both-families", stack_file("gateway-both-families", GOLDEN_STACKS))
    routes = made.of("RouterRoute")

    assert {name: (found.inputs["destinationCidr"], found.inputs["nextHop"]) for name, found in routes.items()} == {
        "public.to-internal.ipv6": ("2001:db8:a::/64", "2001:db8:122::140")
    }, "else the router sends what is for the inside to its own gateway"
    assert made.of("Subnet")["internal.ipv6"].inputs["gatewayIp"] == "2001:db8:a::1", "the inside virtual IP"


def test_with_source_nat_the_router_is_told_nothing(run):
    assert not run("lvs-gateway", stack_file("lvs-gateway")).of("RouterRoute")
