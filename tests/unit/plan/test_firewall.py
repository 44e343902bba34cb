"""Who may reach whom: the rules of each role, as a security group or as the guest's own ruleset.

This rung decides the lists. What nftables and Neutron make of them is decided by the daemons and the lab.
"""

from ipaddress import IPv4Network

from components.plan.firewall import ANYWHERE, EPHEMERAL_PORTS, IngressRule, PortAddress, RuleProtocol
from components.plan.hosts import Role
from components.plan.stack import plan_stack

ICMP = IngressRule("icmp", RuleProtocol.ICMP, ANYWHERE)
HTTP = IngressRule("service-tcp-80", RuleProtocol.TCP, ANYWHERE, (80, 80))
ANSWERS = (
    IngressRule("answers-tcp", RuleProtocol.TCP, ANYWHERE, EPHEMERAL_PORTS),
    IngressRule("answers-udp", RuleProtocol.UDP, ANYWHERE, EPHEMERAL_PORTS),
)
NO_SERVICES = {"services": "DELETE", "real-servers": "DELETE"}


def vrrp_from(port: str) -> IngressRule:
    return IngressRule(f"vrrp-from-{port}", RuleProtocol.VRRP, PortAddress(port))


def groups(config) -> dict[str, tuple[bool, tuple[IngressRule, ...]]]:
    return {group.key: (group.stateful, group.rules) for group in plan_stack("s", config).security_groups}


def test_a_role_lets_in_what_it_is_for_and_nothing_else(configured) -> None:
    assert groups(configured()) == {
        "real-server": (True, (HTTP, ICMP)),
        "observer": (True, (ICMP,)),
    }, "a director whose ports have no port security has no group"


def test_a_director_without_port_security_filters_for_itself(configured) -> None:
    first, second = plan_stack("s", configured()).hosts_of(Role.DIRECTOR)
    assert first.ports[0].guest_rules == (vrrp_from("director-2-web"), HTTP, ICMP, *ANSWERS)
    assert second.ports[0].guest_rules == (vrrp_from("director-1-web"), HTTP, ICMP, *ANSWERS), (
        "adverts from the peers only: whoever else sends one wants the virtual IP"
    )


def test_directors_of_vrrp_alone_have_a_stateful_group(configured) -> None:
    rules = (vrrp_from("director-1-web"), vrrp_from("director-2-web"), ICMP)
    assert groups(configured(NO_SERVICES)) == {"director": (True, rules), "observer": (True, (ICMP,))}


def test_one_stateless_group_makes_all_stateless(configured) -> None:
    found = groups(configured({"directors.port-security": "stateless"}))
    assert {key: stateful for key, (stateful, _) in found.items()} == dict.fromkeys(
        ("director", "real-server", "observer"), False
    ), "OVN filters a whole network statefully as soon as one of its ports has a stateful group"
    assert all(rules[-2:] == ANSWERS for _, rules in found.values()), (
        "a stateless filter knows no answers, so they are let in by port"
    )


def test_ssh_comes_in_only_from_where_it_was_said(configured) -> None:
    config = configured({"observer.ssh-from": ["198.51.100.0/24"]})
    office = IPv4Network("198.51.100.0/24")
    ssh = IngressRule("ssh-from-198.51.100.0/24", RuleProtocol.TCP, office, (22, 22))
    found = groups(config)
    assert found["observer"] == (True, (ICMP, ssh))
    assert ssh not in found["real-server"][1], "each role has its own sources"


def test_a_port_shared_by_two_virtual_ips_is_let_in_once(configured) -> None:
    config = configured(
        {
            "virtual-ips.mail": {"network": "web", "address": "203.0.113.7"},
            "vrrp.instances.www.virtual-ips": ["www", "mail"],
            "services.again": {"virtual-ip": "mail", "port": 80},
        }
    )
    assert groups(config)["real-server"][1].count(HTTP) == 1, "Neutron refuses the same rule twice"
