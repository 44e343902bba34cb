"""The load balancer's plan: who may reach whom, which servers there are, and what keepalived follows."""

from pathlib import Path

from components.config.load import load_file
from components.plan.firewall import PortAddress
from components.plan.hosts import Feature, Role
from components.plan.stack import StackPlan, plan_stack

STACKS = Path(__file__).parents[3] / "stacks"
CASES = Path(__file__).parents[2] / "golden/stacks"


def planned(name: str) -> StackPlan:
    folder = STACKS if (STACKS / f"Pulumi.{name}.yaml").exists() else CASES
    return plan_stack(name, load_file(folder / f"Pulumi.{name}.yaml"))


def keys(plan: StackPlan, role: Role) -> set[str]:
    return {rule.key for group in plan.security_groups if group.key == role for rule in group.rules}


def test_only_directors_reach_the_web_servers_ports() -> None:
    plan = planned("haproxy")
    assert keys(plan, Role.REAL_SERVER) == {"backend-tcp-80-from-lb-1-web", "backend-tcp-80-from-lb-2-web", "icmp"}
    assert not [pair for host in plan.hosts_of(Role.REAL_SERVER) for port in host.ports for pair in port.pairs]


def test_everybody_reaches_the_frontends_and_the_peers_alone_the_peers_port() -> None:
    found = keys(planned("haproxy"), Role.DIRECTOR)
    assert {"service-tcp-80", "service-tcp-8080", "stats-from-203.0.113.0/27"} <= found
    assert {"peers-from-lb-1-web", "peers-from-lb-2-web"} <= found


def test_a_director_filters_for_itself_behind_the_cloud() -> None:
    for host in planned("haproxy").hosts_of(Role.DIRECTOR):
        assert host.features == (Feature.LOAD_BALANCER,)
        for port in host.ports:
            assert port.security, "no packet carries an address that its port may not have"
            others = {rule.remote.port for rule in port.guest_rules if isinstance(rule.remote, PortAddress)}
            assert others, "VRRP comes from the peers' own addresses"
            assert port.key not in others


def test_what_is_for_one_network_is_let_in_there_alone() -> None:
    plan = planned("haproxy-tls")
    (director, *_) = plan.hosts_of(Role.DIRECTOR)
    rules = {port.network: {rule.key for rule in port.guest_rules} for port in director.ports}
    assert "peers-from-director-2-back" in rules["back"]
    assert not [key for key in rules["web"] if key.startswith(("peers", "stats"))]


def test_a_backend_without_servers_has_all_real_servers() -> None:
    balancer = planned("haproxy-tls").load_balancer
    assert balancer
    servers = {backend.name: [server.name for server in backend.servers] for backend in balancer.backends}
    assert servers["reports"] == ["app-1", "app-2"]
    assert servers["web"] == ["app-1", "app-2", "elsewhere"]
    assert balancer.ports_of("app-1") == (25, 80, 8080), "what its web server must listen on"
    assert balancer.ports_of("elsewhere") == (), "it is not ours"


def test_keepalived_follows_haproxy_where_it_listens() -> None:
    followed = {i.name: [one.process for one in i.processes] for i in planned("haproxy").instances}
    assert followed == {"www": ["haproxy"]}
    assert not [i for i in planned("lvs-dr").instances if i.processes], "nothing to follow without it"


def test_a_real_server_is_asked_by_the_family_that_its_backend_says() -> None:
    balancer = planned("haproxy-both-families").load_balancer
    assert balancer
    places = {backend.name: [server.address for server in backend.servers] for backend in balancer.backends}
    assert places["web"] == [PortAddress("web-1-web", 6), PortAddress("web-2-web", 6)]
    assert places["sessions"] == [PortAddress("web-1-web"), PortAddress("web-2-web")], "whatever its clients came by"
    assert [str(place) for place in places["elsewhere"]] == ["2001:db8:99::9", "198.51.100.9"], "as they were given"


def test_web_servers_let_directors_in_by_the_families_that_are_asked() -> None:
    found = keys(planned("haproxy-both-families"), Role.REAL_SERVER)
    assert {key for key in found if key.startswith("backend")} == {
        "backend-tcp-80-from-lb-1-web",
        "backend-tcp-80-from-lb-2-web",
        "backend-tcp-80-from-lb-1-web.ipv6",
        "backend-tcp-80-from-lb-2-web.ipv6",
        "backend-tcp-8000-from-lb-1-web",
        "backend-tcp-8000-from-lb-2-web",
    }


def test_the_page_lets_in_its_readers_of_either_family() -> None:
    rules = {rule.key: rule for rule in planned("haproxy-both-families").security_groups[0].rules}
    assert rules["stats-from-203.0.113.0/27"].version == 4
    assert rules["stats-from-2001-db8-51--/64"].version == 6


def test_a_stick_table_holds_both_families_where_clients_come_by_ipv6() -> None:
    balancer = planned("haproxy-both-families").load_balancer
    assert balancer
    families = {backend.name: backend.clients_family for backend in balancer.backends}
    assert families == {"web": 6, "sessions": 6, "told": 6, "elsewhere": 6, "old": 4}


def test_a_directors_own_address_of_ipv6_brings_such_clients_too(configured) -> None:
    frontend = {"bind": [{"virtual-ip": "www", "port": 8080}], "default-backend": "web"}
    for own, family in ((True, 6), (False, 4)):
        haproxy = {"frontends": {"web": {**frontend, "own-addresses": own}}, "backends": {"web": {"port": 80}}}
        ipv6 = {"cidr": "2001:db8:51::/64", "allocation-pools": ["2001:db8:51::100-2001:db8:51::1ff"]}
        balancer = plan_stack("s", configured({"networks.web.ipv6": ipv6, "haproxy": haproxy})).load_balancer
        assert balancer
        assert balancer.backends[0].clients_family == family
