# ruff: noqa: E501 - sentences stand as the operator reads them
"""What preflight says of a plan and a cloud's facts: the exact words, question by question."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from components.plan.stack import StackPlan
from components.preflight import (
    address_pairs,
    availability_zones,
    existing_networks,
    extensions,
    external_networks,
    flavors,
    host_names,
    images,
    keypairs,
)
from components.preflight.existing_networks import FoundNetwork, Holder
from components.preflight.flavors import Flavor
from components.preflight.images import Image, ImageFacts

DEBIAN = Image("i-1", "active", min_disk=2, min_ram=256)
SMALL = Flavor("f-1", vcpus=1, ram=384, disk=2)
EVERY_EXTENSION = frozenset(
    {
        "security-group",
        "allowed-address-pairs",
        "port-security",
        "stateful-security-group",
        "router",
        "ext-gw-mode",
        "extra_dhcp_opt",
        "extraroute",
    }
)


def words(findings: object) -> list[str]:
    return [str(finding) for finding in findings]


def test_a_missing_image_is_named_with_those_that_there_are(vrrp: StackPlan):
    facts = ImageFacts({"debian-12": ()}, ("debian-13", "cirros"))
    assert words(images.judge(vrrp, facts)) == [
        (
            'vipstack:directors.image: the cloud has no image "debian-12". Images that this project may use: cirros, '
            "debian-13. Name one of these, or upload it."
        ),
        (
            'vipstack:observer.image: the cloud has no image "debian-12". Images that this project may use: cirros, '
            "debian-13. Name one of these, or upload it."
        ),
    ]


def test_of_many_images_the_nearest_are_named(vrrp: StackPlan):
    names = (*(f"windows-{n}" for n in range(20)), "debian-11", "debian-13")
    first = words(images.judge(vrrp, ImageFacts({"debian-12": ()}, names)))[0]
    assert "this project may use: debian-13, debian-11, " in first


def test_an_image_name_must_mean_one_image(vrrp: StackPlan):
    other = Image("i-2", "active", 0, 0)
    assert words(images.judge(vrrp, ImageFacts({"debian-12": (DEBIAN, other)})))[0] == (
        'vipstack:directors.image: 2 images are called "debian-12". Only one may have the name, since guessing could boot '
        "the wrong one. Rename or hide all but one of i-1, i-2."
    )


def test_an_image_must_be_active(vrrp: StackPlan):
    assert words(images.judge(vrrp, ImageFacts({"debian-12": (Image("i-1", "queued", 0, 0),)})))[0] == (
        'vipstack:directors.image: image "debian-12" has status queued. Its status must be active, since no other boots. '
        "Wait for its upload to end, or upload it again."
    )


def test_a_good_image_is_not_mentioned(vrrp: StackPlan):
    assert words(images.judge(vrrp, ImageFacts({"debian-12": (DEBIAN,)}))) == []


def test_a_missing_flavor_is_named_with_those_that_there_are(vrrp: StackPlan):
    found = words(flavors.judge(vrrp, {"m1.tiny": SMALL}, ImageFacts({"debian-12": (DEBIAN,)})))
    assert found[0] == (
        'vipstack:directors.flavor: the cloud has no flavor "vip.small". Flavors that this project may use: m1.tiny. '
        "Name one of these."
    )
    assert len(found) == 2, "the two directors share one key"


@pytest.mark.parametrize(
    ("flavor", "expected"),
    [
        (Flavor("f", 1, 384, 1), 'flavor "vip.small" has a disk of 1 GiB. Image "debian-12" asks for at least 2 GiB.'),
        (
            Flavor("f", 1, 128, 2),
            'flavor "vip.small" has 128 MiB of memory. Image "debian-12" asks for at least 256 MiB.',
        ),
    ],
)
def test_a_flavor_must_be_large_enough_for_its_image(vrrp: StackPlan, flavor: Flavor, expected: str):
    found = words(flavors.judge(vrrp, {"vip.small": flavor}, ImageFacts({"debian-12": (DEBIAN,)})))
    assert found[0].startswith(f"vipstack:directors.flavor: {expected}")


@pytest.mark.parametrize("flavor", [SMALL, Flavor("f", 1, 256, 0)], ids=["just enough", "a disk as large as the image"])
def test_a_fitting_flavor_is_not_mentioned(vrrp: StackPlan, flavor: Flavor):
    assert words(flavors.judge(vrrp, {"vip.small": flavor}, ImageFacts({"debian-12": (DEBIAN,)}))) == []


def test_a_missing_external_network_is_said_for_every_key_that_names_it(vrrp: StackPlan):
    assert words(external_networks.judge(vrrp, {"public": "n-1"})) == [
        f'vipstack:{path}: the cloud has no external network "outside". External networks of the cloud: public. '
        "Name one of these, or leave the key out."
        for path in ("networks.ha-lab.router.external-network", "directors.floating-ips", "observer.floating-ips")
    ]


def test_a_missing_key_pair_is_named(plan_of: Callable[..., StackPlan]):
    assert words(keypairs.judge(plan_of("vrrp", {"keypair": "mine"}), frozenset({"yours"}))) == [
        (
            'vipstack:keypair: the user of this login has no key pair "mine". Key pairs of this user: yours. '
            "Name one of these, create it, or leave the key out."
        )
    ]


def test_a_missing_availability_zone_is_named(plan_of: Callable[..., StackPlan]):
    plan = plan_of("vrrp", {"directors.availability-zone": "moon"})
    assert words(availability_zones.judge(plan, frozenset({"nova"}))) == [
        (
            'vipstack:directors.availability-zone: the cloud has no availability zone "moon". Zones that take servers: nova. '
            "Name one of these, or leave the key out."
        )
    ]


@pytest.mark.parametrize(
    ("stack", "changes", "missing", "expected"),
    [
        (
            "vrrp",
            {},
            "allowed-address-pairs",
            (
                "vipstack:virtual-ips: this cloud's network service has no extension allowed-address-pairs. Ports may send "
                "from virtual IPs only by address pairs. Use another cloud, or ask whoever runs this one to switch it on."
            ),
        ),
        (
            "vrrp",
            {},
            "security-group",
            (
                "vipstack:directors: this cloud's network service has no extension security-group. Ports are guarded by "
                "security groups. Use another cloud, or ask whoever runs this one to switch it on."
            ),
        ),
        (
            "vrrp",
            {},
            "router",
            (
                "vipstack:networks.ha-lab.router: this cloud's network service has no extension router. Routers and floating "
                "IPs need it. Leave the key out, or use another cloud."
            ),
        ),
        (
            "lvs-dr",
            {},
            "port-security",
            (
                "vipstack:directors.port-security: this cloud's network service has no extension port-security. It is what "
                "switches port security off. Write port-security: stateless."
            ),
        ),
        (
            "lvs-dr",
            {"directors.port-security": "stateless"},
            "stateful-security-group",
            (
                "vipstack:directors.port-security: this cloud's network service has no extension stateful-security-group. It "
                "is what makes security groups stateless. Write port-security: disabled."
            ),
        ),
        (
            "lvs-dr",
            {},
            "ext-gw-mode",
            (
                "vipstack:networks.web.router.snat: this cloud's network service has no extension ext-gw-mode. Only it lets a "
                "router be without SNAT. Leave snat out."
            ),
        ),
        (
            "vrrp",
            {"networks.ha-lab.search-domain": "lab.example"},
            "extra_dhcp_opt",
            (
                "vipstack:networks.ha-lab.search-domain: this cloud's network service has no extension extra_dhcp_opt. The "
                "search domain travels as a DHCP option of the ports. Leave the key out."
            ),
        ),
        (
            "lvs-gateway",
            {"gateway.snat": False},
            "extraroute",
            (
                "vipstack:gateway: this cloud's network service has no extension extraroute. The router finds what the "
                "gateway routes by a route of its own. Write snat: true, or use another cloud."
            ),
        ),
    ],
)
def test_a_missing_extension_is_said_where_it_is_needed(
    plan_of: Callable[..., StackPlan], stack: str, changes: dict[str, str], missing: str, expected: str
):
    plan = plan_of(stack, changes)
    assert words(extensions.judge(plan, EVERY_EXTENSION - {missing})) == [expected]
    assert words(extensions.judge(plan, EVERY_EXTENSION)) == []


def test_extensions_that_nobody_needs_are_not_missed(vrrp: StackPlan):
    needed = frozenset({"security-group", "allowed-address-pairs", "router"})
    assert words(extensions.judge(vrrp, needed)) == []


def test_a_cloud_that_does_not_tell_its_extensions_is_not_judged(vrrp: StackPlan):
    assert words(extensions.judge(vrrp, None)) == []


def test_more_than_ten_pairs_on_a_port_are_refused(plan_of: Callable[..., StackPlan]):
    vips = {f"vip-{n}": {"network": "ha-lab", "address": f"10.200.51.{10 + n}"} for n in range(6)}
    plan = plan_of(
        "vrrp",
        {"virtual-ips": vips, "vrrp.instances": {"vrrp-1": {"virtual-ips": list(vips), "virtual-router-id": 1}}},
    )
    assert words(address_pairs.judge(plan)) == [
        f"vipstack:virtual-ips: {host}'s port on ha-lab needs 12 address pairs. Neutron allows 10 on a port by default; "
        "whether a cloud allows more cannot be seen. Put fewer virtual IPs on this network, or write virtual-mac: false "
        "(with it each takes two)."
        for host in ("ha-first", "ha-second")
    ]


@pytest.fixture
def on_existing(plan_of: Callable[..., StackPlan]) -> StackPlan:
    return plan_of("vrrp", {"networks.ha-lab": {"existing": "lab-net", "cidr": "10.200.51.0/24"}})


def network(*holders: Holder, owned: bool = True, port_security: bool = True) -> tuple[FoundNetwork, ...]:
    subnets = {IPv4Network("10.200.51.0/24"): "s-1"}
    return (FoundNetwork("n-1", owned=owned, port_security=port_security, subnets=subnets, holders=holders),)


def holder(name: str, address: str, *macs: str) -> Holder:
    return Holder(name, "p-9", frozenset({IPv4Address(address)}), frozenset(macs))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (
            (),
            (
                'vipstack:networks.ha-lab.existing: no networks of the cloud are called "lab-net". Exactly one must have the '
                "name. Correct the name, or rename the others."
            ),
        ),
        (
            network() * 2,
            (
                'vipstack:networks.ha-lab.existing: 2 networks of the cloud are called "lab-net". Exactly one must have the '
                "name. Correct the name, or rename the others."
            ),
        ),
        (
            (FoundNetwork("n-1", True, True, {IPv4Network("192.0.2.0/24"): "s-1"}, ()),),
            (
                'vipstack:networks.ha-lab.cidr: network "lab-net" has no subnet 10.200.51.0/24. Its subnets are 192.0.2.0/24. '
                "Write the range of one of them."
            ),
        ),
        (
            network(owned=False),
            (
                'vipstack:networks.ha-lab.existing: network "lab-net" belongs to another project. Only its owner may give '
                "ports address pairs or switch port security off, and virtual IPs need that. Name a network of this project, "
                "or leave the key out so that one is created."
            ),
        ),
        (
            network(port_security=False),
            (
                'vipstack:networks.ha-lab.existing: port security is off on network "lab-net". Address pairs and security '
                "groups need it on. Switch it on for the network, or leave the key out so that one is created."
            ),
        ),
        (
            network(holder("db", "10.200.51.10")),
            (
                'vipstack:virtual-ips.ha.address: 10.200.51.10 is taken on network "lab-net" by port db. An address has one '
                "holder. Choose a free address, or delete that port."
            ),
        ),
        (
            network(holder("other-director-1", "10.200.51.77", "00:00:5e:00:01:01")),
            (
                "vipstack:vrrp.instances.vrrp-1.virtual-router-id: 1 is in use on this network by other-director-1. A virtual "
                "router ID belongs to one group of directors on a network, being the last octet of its MAC. Choose another "
                "number."
            ),
        ),
    ],
)
def test_an_existing_network_must_suit(on_existing: StackPlan, found: tuple[FoundNetwork, ...], expected: str):
    assert words(existing_networks.judge(on_existing, {"ha-lab": found})) == [expected]


def test_the_stacks_own_ports_are_nobody_elses(on_existing: StackPlan):
    own = network(
        holder("vrrp-ha", "10.200.51.10"), holder("vrrp-ha-first-ha-lab", "10.200.51.40", "00:00:5e:00:01:01")
    )
    assert words(existing_networks.judge(on_existing, {"ha-lab": own})) == [], "a second `up` would be refused"


def test_another_virtual_router_beside_ours_is_fine(on_existing: StackPlan):
    other = network(holder("other-director-1", "10.200.51.77", "00:00:5e:00:01:02"))
    assert words(existing_networks.judge(on_existing, {"ha-lab": other})) == []


def test_a_server_name_that_nova_would_cut_is_refused(vrrp: StackPlan):
    stack = "s" * 54
    hosts = tuple(replace(host, name=f"{stack}-{host.key}") for host in vrrp.hosts)
    assert words(host_names.judge(replace(vrrp, stack=stack, hosts=hosts))) == [
        (
            f"The name of ha-second: the server would be called {stack}-ha-second, 64 characters. "
            "A host name ends at 63, and Nova cuts the rest off, so that two servers may share one. "
            f"Shorten the stack's name {stack} or this host's by 1 in all."
        )
    ]
