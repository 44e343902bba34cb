"""What Debian 12's cloud-init makes of a server's network data: how a guest comes by its address of IPv6.

Decides why the subnet has neither router advertisements nor DHCPv6: an address that Nova hands over as it is, the guest
has from its first boot; of one that it should ask for by DHCPv6, this cloud-init does not tell networkd. Cannot decide
what Nova hands over (tests/lab sees the address on the guests).
"""

import json

import pytest
from tests.daemons.tools import Tools

# As Nova writes it for a port of both families (nova/virt/netutils.py); TYPE is of the subnet of IPv6.
NETWORK_DATA = {
    "links": [{"id": "tap", "vif_id": "v", "type": "ovs", "mtu": 1500, "ethernet_mac_address": "fa:16:3e:00:00:01"}],
    "networks": [
        {"id": "network0", "type": "ipv4_dhcp", "link": "tap", "network_id": "n"},
        {
            "id": "network1",
            "type": "TYPE",
            "link": "tap",
            "network_id": "n",
            "ip_address": "2001:db8:51::3",
            "netmask": "ffff:ffff:ffff:ffff::",
            "routes": [{"network": "::", "netmask": "::", "gateway": "2001:db8:51::1"}],
            "services": [],
        },
    ],
    "services": [],
}
CONVERT = """
import json, sys
from cloudinit.net import network_state, networkd
from cloudinit.sources.helpers.openstack import convert_net_json
config = convert_net_json(json.loads(sys.argv[1]), known_macs={"fa:16:3e:00:00:01": "eth0"})
state = network_state.parse_net_config_data(config)
print(networkd.Renderer({})._render_content(state)["eth0"])
"""


def networkd(tools: Tools, kind: str) -> list[str]:
    data = json.dumps(NETWORK_DATA).replace("TYPE", kind)
    done = tools.run('/usr/bin/python3 -c "$1" "$2"', CONVERT, data)
    assert done.returncode == 0, done.stdout
    return done.stdout.split()


def test_an_address_that_is_handed_over_is_given_to_networkd(tools: Tools) -> None:
    told = networkd(tools, "ipv6")
    assert "Address=2001:db8:51::3/64" in told
    assert "Gateway=2001:db8:51::1" in told
    assert "DHCP=ipv4" in told


@pytest.mark.parametrize("kind", ["ipv6_dhcpv6-stateful"])
def test_an_address_that_is_to_be_asked_for_is_not(tools: Tools, kind: str) -> None:
    told = networkd(tools, kind)
    assert not any(word.startswith("Address=") for word in told)
    assert "DHCP=ipv4" in told, "no DHCPv6: a guest would be without its address"
