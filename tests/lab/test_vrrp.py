"""``vrrp`` on the plain image, interfaces named predictably: the source's own acceptance, its failure as a control.

Decides: who answers for the virtual IP, with which MAC, and that the address pairs are what lets it. Cannot decide how
long a failover takes: that is the drill's.
"""

import pytest
from tests.lab.ahead import Wanted
from tests.waiting import last_seen

from lab.layout import IMAGE_PREDICTABLE

STACK = Wanted("vrrp", IMAGE_PREDICTABLE)
PAIRS_TAKE_EFFECT = 30  # seconds; some 5 were seen


@pytest.fixture(scope="module")
def vrrp(bring_up):
    """The stack on guests whose interfaces udev names."""
    with bring_up(STACK) as stack:
        yield stack


def answers(stack, seconds: float = 1) -> bool:
    """Whether the virtual IP answers the observer's ping."""
    command = f"ping -c 1 -W {seconds} {stack.vip['address']} >/dev/null && echo yes || echo no"
    return stack.shell("observer", command).strip() == "yes"


def neighbour(stack) -> str:
    """The observer's neighbour entry for the virtual IP, learnt anew."""
    vip = stack.vip["address"]
    return stack.shell(
        "observer", f"ip neighbour flush to {vip}; ping -c 1 -W 2 {vip} >/dev/null; ip neighbour show {vip}"
    )


def test_the_interfaces_are_found_by_their_mac_whatever_udev_called_them(vrrp):
    for host in vrrp.keys("director"):
        names = vrrp.shell(host, "ls /sys/class/net").split()
        configured = vrrp.shell(host, "sed -n 's/^ *interface *//p' /etc/keepalived/keepalived.conf").split()

        assert not any(name.startswith("eth") for name in names), "the image names interfaces predictably"
        assert set(configured) < set(names), "keepalived is told the interface that is there"


def test_cloud_init_installed_the_packages(vrrp):
    for host in vrrp.keys("director"):
        log = vrrp.shell(host, "cat /var/log/cloud-init-output.log /var/log/dpkg.log")
        for name in ("keepalived", "ipvsadm", "nftables"):
            assert f" {name}" in log, f"{host} must have got {name} from the mirror"
            vrrp.shell(host, f"dpkg-query --status {name}")


def test_one_director_holds_the_virtual_ip_and_answers_with_the_virtual_mac(vrrp):
    assert len(vrrp.holders()) == 1
    assert answers(vrrp, 5)
    assert vrrp.vip["mac"] == "00:00:5e:00:01:01"
    assert vrrp.vip["mac"] in neighbour(vrrp)


def test_without_the_address_pairs_the_virtual_ip_is_dead_and_with_them_it_lives(vrrp):
    ports = {
        port.id: port.allowed_address_pairs
        for key in vrrp.keys("director")
        for port in vrrp.cloud.network.ports(device_id=vrrp.outputs["hosts"][key]["server-id"])
    }
    try:
        for port in ports:
            vrrp.cloud.network.update_port(port, allowed_address_pairs=[])
        assert not last_seen(lambda: answers(vrrp), False, seconds=PAIRS_TAKE_EFFECT), "port security must stop the VIP"
        assert not any(answers(vrrp) for _ in range(5)), "and keep it stopped"
    finally:
        for port, pairs in ports.items():
            vrrp.cloud.network.update_port(port, allowed_address_pairs=pairs)
    assert last_seen(lambda: answers(vrrp), seconds=PAIRS_TAKE_EFFECT), "the pairs alone bring it back"


def test_after_a_clean_stop_the_other_director_answers_with_the_same_mac(vrrp):
    [master] = vrrp.holders()
    before = neighbour(vrrp)
    vrrp.shell(master, "systemctl stop keepalived")
    try:
        assert last_seen(lambda: answers(vrrp), seconds=20)
        assert vrrp.holders() == [key for key in vrrp.keys("director") if key != master]
        assert vrrp.vip["mac"] in before
        assert vrrp.vip["mac"] in neighbour(vrrp), "the neighbours' entries stay right: that is what the VMAC is for"
    finally:
        vrrp.shell(master, "systemctl start keepalived")


def test_each_instance_answers_on_its_own_floating_ip(vrrp):
    assert len({ip for host in vrrp.outputs["hosts"].values() for ip in host["floating-ips"].values()}) == 3


def test_a_killed_keepalived_and_a_cut_port_stay_within_their_promises(vrrp):
    vrrp.drill("control,keepalived-killed,nic-down")


def test_destroy_leaves_nothing_of_the_stack(vrrp):
    vrrp.stack.destroy()

    assert vrrp.leftovers() == []
