"""Every stack file in the repository is registered as a whole, and obeys what holds for all of them."""

from collections.abc import Callable

import pytest

from tests.program.recording import GOLDEN_STACKS, STACKS, Program, stack_file

FILES = [*sorted(STACKS.glob("Pulumi.*.yaml")), *sorted(GOLDEN_STACKS.glob("Pulumi.*.yaml"))]


@pytest.fixture(scope="module", params=FILES, ids=lambda path: path.stem)
def program(request: pytest.FixtureRequest, run: Callable[..., Program]) -> Program:
    path = request.param
    name = path.stem.removeprefix("Pulumi.")
    return run(name, stack_file(name, path.parent))


def test_there_are_stack_files_to_judge():
    assert len(FILES) >= 2


def test_every_host_becomes_an_instance_with_a_configuration(program: Program):
    hosts = {host.key for host in program.plan.hosts}
    assert set(program.of("Instance")) == hosts
    assert set(program.of("Configuration")) == hosts, "a host without one is never waited for"


def test_every_port_of_the_plan_becomes_a_port_of_its_own(program: Program):
    planned = {port.key for host in program.plan.hosts for port in (*host.ports, *host.legs)}
    assert set(program.of("Port")) == planned | {vip.key for vip in program.plan.virtual_ips}


def test_an_instance_names_its_ports_and_no_group(program: Program):
    for host in program.plan.hosts:
        instance = program.of("Instance")[host.key].inputs
        assert [set(network) for network in instance["networks"]] == [{"port"}] * len((*host.ports, *host.legs))
        assert "securityGroups" not in instance, "groups on the instance overwrite those of its ports"
        assert "metadata" not in instance, "the program would wipe what the channel delivers"


def test_a_port_without_port_security_has_neither_groups_nor_pairs(program: Program):
    for port in program.of("Port").values():
        if port.inputs.get("portSecurityEnabled") is False:
            assert port.inputs["noSecurityGroups"] is True, "Neutron would add the project's default group, and fail"
            assert not {"securityGroupIds", "allowedAddressPairs"} & set(port.inputs), "Neutron refuses both"


def test_pairs_are_written_as_neutron_answers(program: Program):
    for port in program.of("Port").values():
        for pair in port.inputs.get("allowedAddressPairs", []):
            assert not pair["ipAddress"].endswith(("/32", "/128")), (
                "the provider compares the text: the diff would never settle"
            )
            assert pair.get("macAddress", "").islower() or "macAddress" not in pair


def test_every_neutron_resource_and_server_is_tagged_with_its_stack(program: Program):
    for kind in ("Network", "Subnet", "Router", "Port", "FloatingIp", "SecGroup", "Instance"):
        for resource in program.of(kind).values():
            if resource.type.startswith("openstack:"):
                assert f"vipstack:{program.plan.stack}" in resource.inputs["tags"], f"{kind} {resource.name} is stray"


def test_every_resource_is_a_child_of_the_stack(program: Program):
    components = {r.urn for r in program.registered}
    for resource in program.registered:
        if resource.type not in ("vipstack:stack:Stack", "pulumi:pulumi:Stack"):
            assert resource.options.parent in components, f"{resource.urn} would be shown beside its stack, not in it"


def test_no_two_resources_share_a_urn(program: Program):
    urns = [(r.options.parent, r.type, r.name) for r in program.registered]
    assert len(urns) == len(set(urns))


def test_what_holds_an_address_goes_before_its_successor_comes(program: Program):
    for kind in ("Port", "Instance", "Subnet", "RouterInterface", "SecGroupRule"):
        for resource in program.of(kind).values():
            assert resource.options.deleteBeforeReplace, f"the new {kind} {resource.name} would find its place taken"


def test_floating_ips_wait_for_the_router(program: Program):
    interfaces = {r.urn for r in program.of("RouterInterface").values()}
    for resource in program.of("FloatingIp").values():
        assert interfaces & set(resource.options.dependencies), "Neutron refuses what its router cannot reach"


def test_guests_boot_when_the_way_out_is_there(program: Program):
    interfaces = {r.urn for r in program.of("RouterInterface").values()}
    routed = {network.key for network in program.plan.networks if network.router}
    for host in program.plan.hosts:
        ways_out = interfaces & set(program.of("Instance")[host.key].options.dependencies)
        wanted = [n for n in program.plan.networks if n.key in routed & {port.network for port in host.ports}]
        assert len(ways_out) == sum(2 if n.ipv6 else 1 for n in wanted), "it would find no packages"


def test_no_server_waits_for_another_unless_it_is_behind_that(program: Program):
    kinds = [program.of(kind) for kind in ("Instance", "Configuration")]
    servers = {r.urn for kind in kinds for r in kind.values()}
    for host in program.plan.hosts:
        awaited = servers & set(program.of("Instance")[host.key].options.dependencies)
        ways = {kind[key].urn for kind in kinds for key in host.behind}
        assert awaited == ways, f"{host.key} boots only after another guest, or before its way out is ready"
    for name, configuration in program.of("Configuration").items():
        others = servers - {program.of("Instance")[name].urn}
        assert not others & set(configuration.options.dependencies), f"{name} is waited for only after another guest"
