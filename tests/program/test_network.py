"""Networks, routers, ports and virtual IPs as the program asks for them."""

from collections.abc import Callable

from tests.program.recording import Program, stack_file


def test_a_subnet_leaves_the_operators_ranges_to_the_operator(lvs_dr: Program):
    subnet = lvs_dr.of("Subnet")["web"].inputs
    assert subnet["allocationPools"] == [{"start": "203.0.113.16", "end": "203.0.113.30"}], (
        "an address from another range could be handed out although it is a virtual IP"
    )
    assert (subnet["cidr"], subnet["gatewayIp"], subnet["ipVersion"]) == ("203.0.113.0/27", "203.0.113.1", 4)


def test_a_routed_network_has_a_router_without_snat(lvs_dr: Program):
    router = lvs_dr.of("Router")["web"].inputs
    assert router["externalNetworkId"] == "network-outside"
    assert router["enableSnat"] is False


def test_snat_is_not_mentioned_where_it_is_the_default(vrrp: Program):
    assert "enableSnat" not in vrrp.of("Router")["ha-lab"].inputs, "many clouds let only administrators say it"


def test_a_virtual_ip_is_reserved_by_a_port_of_nobody(lvs_dr: Program):
    port = lvs_dr.of("Port")["www"].inputs
    assert [ip["ipAddress"] for ip in port["fixedIps"]] == ["203.0.113.2"]
    assert port["noSecurityGroups"] is True
    assert not {"deviceId", "deviceOwner", "allowedAddressPairs"} & set(port)


def test_the_floating_ip_of_a_virtual_ip_is_on_its_port(lvs_dr: Program):
    floating = lvs_dr.of("FloatingIp")["www"].inputs
    port = lvs_dr.of("Port")["www"]
    assert floating["pool"] == "outside"
    assert port.urn in lvs_dr.of("FloatingIp")["www"].options.dependencies


def test_an_open_director_has_its_address_and_nothing_else(lvs_dr: Program):
    port = lvs_dr.of("Port")["director-1-web"].inputs
    assert port["portSecurityEnabled"] is False
    assert [ip["ipAddress"] for ip in port["fixedIps"]] == ["203.0.113.3"]


def test_a_guarded_director_may_send_from_the_virtual_ip_with_both_macs(vrrp: Program):
    port = vrrp.of("Port")["ha-first-ha-lab"].inputs
    assert port["allowedAddressPairs"] == [
        {"ipAddress": "10.200.51.10", "macAddress": "00:00:5e:00:01:01"},
        {"ipAddress": "10.200.51.10"},
    ], "ARP is answered with the virtual MAC, replies leave with the port's own"
    assert port["portSecurityEnabled"] is True, "or a port whose security was off would stay open, and refuse the pairs"


def test_port_security_is_said_where_pairs_need_the_same_right_alone(run: Callable[..., Program]):
    guarded = run("vrrp", stack_file("vrrp"))
    assert {
        "portSecurityEnabled" in port.inputs
        for port in guarded.of("Port").values()
        if "allowedAddressPairs" in port.inputs
    } == {True}
    assert "portSecurityEnabled" not in run("lvs-dr", stack_file("lvs-dr")).of("Port")["observer-web"].inputs
    unknown = run("vrrp", stack_file("vrrp"), extensions=frozenset())
    assert all("portSecurityEnabled" not in port.inputs for port in unknown.of("Port").values())


def test_a_real_server_may_answer_from_the_virtual_ip(lvs_dr: Program):
    port = lvs_dr.of("Port")["apache-1-web"].inputs
    assert port["allowedAddressPairs"] == [{"ipAddress": "203.0.113.2"}]


def test_neutron_chooses_where_the_operator_did_not(vrrp: Program):
    assert [set(ip) for ip in vrrp.of("Port")["ha-first-ha-lab"].inputs["fixedIps"]] == [{"subnetId"}]


def test_an_existing_network_is_used_and_not_changed(run: Callable[..., Program]):
    nouns = stack_file("vrrp")
    network = {"existing": "shared-lab", "cidr": "10.200.51.0/24"}
    program = run("vrrp", nouns | {"networks": {"ha-lab": network}})
    assert not {r.type for r in program.registered} & {
        f"openstack:networking/{kind}"
        for kind in ("network:Network", "subnet:Subnet", "router:Router", "routerInterface:RouterInterface")
    }
    assert program.of("Port")["ha"].inputs["networkId"] == "network-ha-lab"


def test_the_search_domain_travels_as_a_dhcp_option(run: Callable[..., Program]):
    nouns = stack_file("vrrp")
    nouns["networks"]["ha-lab"]["search-domain"] = "lab.example"
    port = run("vrrp", nouns).of("Port")["observer-ha-lab"].inputs
    assert port["extraDhcpOptions"] == [{"name": "domain-search", "value": "lab.example"}]


def test_a_bonds_further_leg_is_a_port_that_nobody_addresses_or_filters(run: Callable[..., Program]):
    nouns = stack_file("vrrp")
    nouns["directors"]["nics"][0]["bond"] = {"legs": 2}
    program = run("vrrp", nouns)
    leg = program.of("Port")["ha-first-ha-lab-leg-2"].inputs
    assert leg["noFixedIp"] is True
    assert (leg["portSecurityEnabled"], leg["noSecurityGroups"]) == (False, True)
    interfaces = program.of("Configuration")["ha-first"].inputs["interfaces"]
    assert set(interfaces) == {"ha-lab", "ha-lab.2"}, "the guest finds each NIC of the bond by its MAC"
