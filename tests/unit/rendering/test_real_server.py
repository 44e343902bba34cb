"""A real server's files. That they silence ARP, and what breaks without them, is for tests/daemons."""

from tests.unit.rendering.plans import files_of, plan

SETTINGS = "/etc/sysctl.d/90-vipstack.conf"
RULES = "/etc/vipstack/arp-silence.rules"


def test_arptables_come_with_the_setting_that_keeps_them_from_dropping_our_own_questions() -> None:
    files = files_of("real-server-1", plan())
    assert files[RULES].splitlines() == ["-A INPUT -d 203.0.113.2 -j DROP", "-A OUTPUT -s 203.0.113.2 -j DROP"]
    assert "net.ipv4.conf.all.arp_announce = 2" in files[SETTINGS].splitlines()
    assert "arp_ignore" not in files[SETTINGS]


def test_the_sysctls_alone_silence_too() -> None:
    files = files_of("real-server-1", plan(real_servers={"arp-silence": "sysctl"}))
    assert RULES not in files
    assert {"net.ipv4.conf.all.arp_announce = 2", "net.ipv4.conf.all.arp_ignore = 1"} <= set(
        files[SETTINGS].splitlines()
    )


def test_every_virtual_ip_with_a_service_is_on_the_dummy_interface_once() -> None:
    vips = {
        "www": {"network": "web", "address": "203.0.113.2"},
        "mail": {"network": "web", "address": "203.0.113.10"},
        "idle": {"network": "web", "address": "203.0.113.11"},
    }
    instances = {"instances": {"www": {"virtual-ips": list(vips), "virtual-router-id": 51}}}
    services = {
        "http": {"virtual-ip": "www", "port": 80},
        "https": {"virtual-ip": "www", "port": 443},
        "smtp": {"virtual-ip": "mail", "port": 25},
    }
    files = files_of("real-server-1", plan(virtual_ips=vips, vrrp=instances, services=services))
    assert files["/etc/vipstack/eth-vip.conf"] == "203.0.113.2/32 eth-vip\n203.0.113.10/32 eth-vip\n"


def test_the_example_web_server_listens_where_the_services_are() -> None:
    services = {
        "http": {"virtual-ip": "www", "port": 8080},
        "admin": {"virtual-ip": "www", "port": 80},
        "dns": {"virtual-ip": "www", "port": 53, "protocol": "udp"},
    }
    files = files_of("real-server-1", plan(services=services))
    assert files["/etc/apache2/ports.conf"] == "Listen 80\nListen 8080\n"


def test_without_the_example_web_server_nothing_is_said_about_it() -> None:
    files = files_of("real-server-1", plan(real_servers={"web-server": "none"}))
    assert not [path for path in files if "apache" in path]
    assert "apache" not in files["/etc/vipstack/expect.json"]


def test_all_real_servers_get_the_same() -> None:
    made = plan()
    assert files_of("real-server-1", made) == files_of("real-server-2", made)
