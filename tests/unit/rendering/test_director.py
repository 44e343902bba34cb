"""A director's files: each known pitfall is dealt with. That the daemons read them so is for tests/daemons."""

from typing import Any

import pytest

from components.config.services import Scheduler
from tests.unit.rendering.plans import files_of, plan

CONFIGURATION = "/etc/keepalived/keepalived.conf"


def keepalived(password: str | None = None, **changes: Any) -> list[str]:
    return [line.strip() for line in files_of("director-1", plan(**changes), password)[CONFIGURATION].splitlines()]


def test_a_stale_master_that_comes_back_gives_way_and_the_true_one_announces_itself() -> None:
    wanted = {"vrrp_higher_prio_send_advert true", "vrrp_garp_lower_prio_repeat 2", "vrrp_garp_lower_prio_delay 1"}
    assert wanted <= set(keepalived()), "without these a VIP stays black-holed for seconds after a silent cut"


def test_a_director_that_loses_its_real_servers_drops_the_adverts_that_still_wait_where_they_travel() -> None:
    over_ha = {
        "networks": {"ha": {"cidr": "10.9.0.0/24", "excluded-ranges": ["10.9.0.2-10.9.0.9"]}},
        "directors": {"nics": [{"network": "web"}, {"network": "ha"}]},
        "vrrp": {"peer-network": "ha"},
    }
    for changes, nic in (({}, "web"), (over_ha, "ha")):
        [command] = [line for line in keepalived(**changes) if line.startswith("quorum_down")]
        assert command.endswith(f"; ip neighbour flush dev @nic:{nic}@ nud incomplete'\" root")


def test_a_master_repeats_its_announcement_less_often_than_open_vswitch_forgets_a_flow() -> None:
    wanted = {"vrrp_garp_master_delay 1", "vrrp_garp_master_refresh 12", "vrrp_garp_master_refresh_repeat 1"}
    assert wanted <= set(keepalived()), "what meets a known flow is learnt late, and a goodbye takes a second"


def test_scripts_run_for_nobody() -> None:
    assert {"enable_script_security", "script_user nobody nogroup"} <= set(keepalived())


@pytest.mark.parametrize(("interval", "real_time"), [(1, False), (2, False), (0.5, True), (0.1, True)])
def test_real_time_is_for_adverts_below_a_second_and_never_without_its_limit(interval: float, real_time: bool) -> None:
    lines = set(keepalived(vrrp={"advert-interval": interval}))
    assert f"advert_int {interval:g}" in lines
    assert ("vrrp_rt_priority 50" in lines) is real_time
    assert ("vrrp_rlimit_rttime 2000000" in lines) is real_time, "the kernel kills keepalived after 10 ms otherwise"
    assert ("vrrp_priority -20" in lines) is not real_time, "else what a failover sets going delays it"


def test_the_virtual_mac_sends_by_the_base_interface() -> None:
    lines = keepalived()
    assert lines[lines.index("use_vmac vrrp.51") + 1] == "vmac_xmit_base", "adverts with the virtual MAC are filtered"


def test_without_a_virtual_mac_there_is_no_trace_of_one() -> None:
    assert not [line for line in keepalived(vrrp={"virtual-mac": False}) if "vmac" in line]


def test_the_interface_is_a_word_that_the_guest_replaces() -> None:
    assert "interface @nic:web@" in keepalived(), "names differ from image to image"


def test_adverts_go_from_the_directors_own_address_to_all_its_peers() -> None:
    lines = keepalived(directors={"count": 3})
    assert "unicast_src_ip 203.0.113.16" in lines
    start = lines.index("unicast_peer {")
    assert lines[start + 1 : start + 4] == ["203.0.113.17", "203.0.113.18", "}"]


def test_a_director_that_returns_leaves_the_virtual_ips_where_they_are() -> None:
    assert "nopreempt" in keepalived()


def test_preemption_waits_until_health_checks_have_filled_the_table() -> None:
    lines = keepalived(vrrp={"preempt": True})
    assert "preempt_delay 10" in lines
    assert "nopreempt" not in lines


def test_preemption_waits_as_long_as_the_operator_said() -> None:
    assert "preempt_delay 0.5" in keepalived(vrrp={"preempt": True, "preempt-delay": 0.5})
    assert "preempt_delay 0" in keepalived(vrrp={"preempt": True, "preempt-delay": 0}), "none is a delay too"


def test_every_director_starts_as_backup_with_a_priority_of_its_own() -> None:
    made = plan(directors={"count": 3})
    texts = [files_of(f"director-{n}", made)[CONFIGURATION] for n in (1, 2, 3)]
    assert all("state BACKUP" in text for text in texts)
    assert [f"priority {number}" in text for number, text in zip((250, 249, 248), texts, strict=True)] == [True] * 3


def test_a_password_is_written_as_it_is() -> None:
    lines = keepalived("a&b #c!", vrrp={"version": 2})
    assert 'auth_pass "a&b #c!"' in lines, "an escaped password is another password"
    assert "vrrp_version 2" in lines


def test_without_a_password_there_is_no_authentication() -> None:
    assert "authentication {" not in keepalived()


def test_a_router_id_of_the_operator_is_a_prefix_so_that_it_stays_unique() -> None:
    assert "router_id edge-director-1" in keepalived(vrrp={"router-id": "edge"})
    assert "router_id s-director-1" in keepalived()


@pytest.mark.parametrize(
    ("service", "checker"),
    [
        ({"protocol": "tcp"}, "TCP_CHECK {"),
        ({"protocol": "udp"}, "UDP_CHECK {"),
        ({"protocol": "tcp", "health-check": {"type": "http"}}, "HTTP_GET {"),
        ({"protocol": "udp", "health-check": {"type": "http"}}, "HTTP_GET {"),
    ],
)
def test_a_service_is_asked_in_its_own_protocol(service: dict[str, Any], checker: str) -> None:
    lines = keepalived(services={"http": {"virtual-ip": "www", "port": 80, **service}})
    checkers = {line for line in lines if line.endswith("_CHECK {") or line == "HTTP_GET {"}
    assert checkers == {checker}, "a TCP connection says nothing about a UDP service"


def test_a_check_has_one_retry_so_that_its_time_is_what_the_stack_file_says() -> None:
    check = {"type": "http", "path": "/ready", "status": 204, "interval": 0.5, "timeout": 0.25}
    lines = keepalived(services={"http": {"virtual-ip": "www", "port": 80, "health-check": check}})
    wanted = {
        "delay_loop 0.5",
        'path "/ready"',
        "status_code 204",
        "connect_timeout 0.25",
        "retry 1",
        "delay_before_retry 1",
    }
    assert wanted <= set(lines), "keepalived's default for HTTP is three times three seconds"


def test_a_quote_in_a_path_is_sent_as_http_spells_it() -> None:
    check = {"type": "http", "path": '/a"b'}
    assert 'path "/a%22b"' in keepalived(services={"http": {"virtual-ip": "www", "port": 80, "health-check": check}})


def test_the_strict_reverse_path_filter_is_off_whatever_the_image_says() -> None:
    settings = files_of("director-1", plan())["/etc/sysctl.d/90-vipstack.conf"]
    assert "net.ipv4.conf.all.rp_filter = 2" in settings.splitlines(), (
        "the kernel takes the higher of all and the interface's own: 0 here leaves an image's 1 in force"
    )
    assert "ip_forward" not in settings, "direct routing does not need it"
    assert "net.ipv4.conf.all.arp_announce = 2" in settings.splitlines(), (
        "ARP requests from a virtual IP would teach neighbours the director's own MAC"
    )


def test_an_old_master_does_not_answer_for_the_virtual_mac_that_has_moved() -> None:
    settings = files_of("director-1", plan())["/etc/sysctl.d/90-vipstack.conf"].splitlines()
    assert "net.ipv4.conf.default.drop_gratuitous_arp = 1" in settings, (
        "its answer to the new one's gratuitous ARP comes from the same MAC and turns the network back to it"
    )
    assert "net.ipv4.conf.all.drop_gratuitous_arp = 1" not in settings, "the NICs must learn where neighbours went"


def test_whoever_takes_over_asks_patiently_for_a_peer_wherever_adverts_travel() -> None:
    settings = files_of("director-1", plan())["/etc/sysctl.d/90-vipstack.conf"].splitlines()
    assert [line for line in settings if "/neigh/" in line] == [
        "net/ipv4/neigh/@nic:web@/mcast_solicit = 60",
        "net/ipv4/neigh/@nic:web@/unres_qlen_bytes = 8192",
    ]


@pytest.mark.parametrize("scheduler", Scheduler)
def test_the_kernel_loads_the_scheduler_of_each_service(scheduler: Scheduler) -> None:
    files = files_of("director-1", plan(services={"http": {"virtual-ip": "www", "port": 80, "scheduler": scheduler}}))
    assert files["/etc/modules-load.d/vipstack.conf"] == f"ip_vs\nip_vs_{scheduler}\n"
    assert f"    lb_algo {scheduler}\n" in files[CONFIGURATION]


def test_a_static_table_is_not_keepalived_s() -> None:
    files = files_of("director-1", plan(services={"http": {"virtual-ip": "www", "port": 80, "ipvs": "static"}}))
    assert "virtual_server" not in files[CONFIGURATION]
    assert files["/etc/vipstack/ipvs.rules"].splitlines() == [
        "-A -t 203.0.113.2:80 -s wlc",
        "-a -t 203.0.113.2:80 -r 203.0.113.18:80 -g -w 1",
        "-a -t 203.0.113.2:80 -r 203.0.113.19:80 -g -w 1",
    ]


def test_a_stack_without_services_needs_neither_ipvs_nor_a_filter_of_its_own() -> None:
    files = files_of("director-1", plan(services=None, real_servers=None))
    always = {
        "/etc/sysctl.d/90-vipstack.conf",
        "/etc/systemd/resolved.conf.d/vipstack.conf",
        "/etc/vipstack/expect.json",
    }
    assert set(files) == {CONFIGURATION, *always}


def test_with_port_security_on_the_cloud_filters_and_the_guest_does_not() -> None:
    assert "/etc/nftables.conf" in files_of("director-1", plan())
    assert "/etc/nftables.conf" not in files_of("director-1", plan(directors={"port-security": "stateless"}))


def test_the_guests_own_filter_also_covers_the_virtual_mac_s_interface() -> None:
    rules = files_of("director-1", plan())["/etc/nftables.conf"]
    assert 'iifname { "@nic:web@", "vrrp.51" } jump from-web' in rules, "packets to a virtual IP come in by its macvlan"


def test_the_guests_own_filter_tracks_no_connection_and_flushes_nobody_else() -> None:
    rules = files_of("director-1", plan())["/etc/nftables.conf"]
    assert rules.count("notrack") == 2
    assert "ct state" not in rules, "of a balanced connection a director sees one half, which tracking calls invalid"
    assert "flush ruleset" not in rules, "keepalived keeps a table of its own"
