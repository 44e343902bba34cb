"""The list of files that may be delivered. Pure."""

import pytest

from guestconfig import paths


@pytest.mark.parametrize(
    "path",
    [
        "/etc/keepalived/keepalived.conf",
        "/etc/nftables.conf",
        "/etc/default/keepalived",
        "/etc/sysctl.d/90-vipstack.conf",
        "/etc/modules-load.d/vipstack.conf",
        "/etc/vipstack/expect.json",
        "/etc/vipstack/routing.conf",
        "/etc/vipstack/bonds.conf",
        "/etc/systemd/network/05-vipstack-legs.network",
        "/etc/iproute2/rt_tables.d/vipstack.conf",
        "/etc/haproxy/haproxy.cfg",
        "/etc/haproxy/certs/shop.pem",
        "/etc/rsyslog.d/30-vipstack-haproxy.conf",
        "/etc/logrotate.d/haproxy",
        "/etc/firewalld/zones/public.xml",
        "/etc/firewalld/firewalld.conf",
        "/etc/sysconfig/nftables.conf",
    ],
)
def test_the_stacks_files_are_allowed(path: str):
    assert paths.rule_for(path)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/etc/cron.d/vipstack",
        "/etc/systemd/system/vipstack-eth-vip.service",
        "/etc/vipstack/agent.json",
        "/etc/iproute2/rt_tables",
        "/etc/haproxy/certs/../errors/x.pem",
        "/etc/haproxy/certs/shop.sh",
        "/etc/rsyslog.d/50-default.conf",
        "/etc/logrotate.d/rsyslog",
        "/etc/systemd/network/10-cloud-init-eth0.network",
        "/etc/sysctl.d/../passwd",
        "/etc/sysctl.d/x/../90-vipstack.conf",
        "/etc/sysctl.d/a/vipstack.conf",
        "/etc/sysctl.d/.vipstack.conf",
        "//etc/nftables.conf",
        "/etc/nftables.conf/",
        "etc/nftables.conf",
        "/etc/sysctl.d/vipstack\0.conf",
        "",
    ],
)
def test_everything_else_is_refused(path: str):
    assert paths.rule_for(path) is None, "whoever may set metadata must not become root of the guest"
    assert paths.refused([path]) == [path]


def test_a_file_that_may_hold_a_password_is_private():
    rule = paths.rule_for("/etc/keepalived/keepalived.conf")
    assert rule
    assert rule.mode == 0o600


def test_a_static_table_is_restored_after_keepalived_has_let_go_of_its_own():
    order = [rule.pattern for rule in paths.RULES]
    assert order.index("/etc/keepalived/keepalived.conf") < order.index("/etc/vipstack/ipvs.rules")


def test_a_certificate_is_private_for_its_key_is_in_it():
    rule = paths.rule_for("/etc/haproxy/certs/shop.pem")
    assert rule
    assert rule.mode == 0o600


def test_haproxy_runs_before_keepalived_which_follows_it():
    order = [rule.pattern for rule in paths.RULES]
    assert order.index("/etc/haproxy/haproxy.cfg") < order.index("/etc/keepalived/keepalived.conf")


def test_arp_is_silenced_before_the_virtual_ip_is_there():
    order = [rule.pattern for rule in paths.RULES]
    assert order.index("/etc/vipstack/arp-silence.rules") < order.index("/etc/vipstack/eth-vip.conf")
    assert order.index("/etc/sysctl.d/*vipstack*.conf") < order.index("/etc/vipstack/eth-vip.conf")
    assert order.index("/etc/nftables.conf") < order.index("/etc/keepalived/keepalived.conf")
