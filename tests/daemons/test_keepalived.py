"""keepalived's own check, ``keepalived -t``, of every golden keepalived.conf.

It runs in a network that has the interfaces that the file names: without them keepalived refuses it. Decides that every
keyword exists, stands where it may and has a value in its range. Cannot decide what the daemon does with it
(tests/drill, tests/lab), nor that a real server answers its check. IPVS is not needed for it.
"""

import re
from dataclasses import replace
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.daemons.goldens import goldens, interfaces, on_guest
from tests.daemons.tools import KEEPALIVED_FOLDER, Tools
from tests.unit.rendering.plans import files_of
from tests.unit.rendering.test_vrrp import PROCESS, ROUTE, RULE, extended, two_networks

from components.plan.vrrp import InstanceExtras, SyncGroup

CONFIGURATIONS = goldens("etc/keepalived/keepalived.conf")
SHIPPED = CONFIGURATIONS["lvs-dr/lvs-dr-director-1/etc/keepalived/keepalived.conf"]
NAT = CONFIGURATIONS["nat/nat-director-1/etc/keepalived/keepalived.conf"]
MANY = CONFIGURATIONS["many-services/many-services-director-1/etc/keepalived/keepalived.conf"]
PEERS = CONFIGURATIONS["peer-network/peer-network-director-1/etc/keepalived/keepalived.conf"]
BOTH = CONFIGURATIONS["vrrp-both-families/vrrp-both-families-ha-first/etc/keepalived/keepalived.conf"]
GATEWAY = CONFIGURATIONS["gateway-both-families/gateway-both-families-director-01/etc/keepalived/keepalived.conf"]
ROUTED = CONFIGURATIONS[
    "policy-routing-both-families/policy-routing-both-families-director-1/etc/keepalived/keepalived.conf"
]
MAIL = CONFIGURATIONS["notification/notification-director-1/etc/keepalived/keepalived.conf"]
WITH_PASSWORD = CONFIGURATIONS["v2-password/v2-password-director-1/etc/keepalived/keepalived.conf"]


CLOUD_INIT = Path(__file__).parents[2] / "cloud-init"
OURS = "/usr/local/lib/vipstack"

_OWN_SCRIPT = re.compile(rf'"({OURS}/[^ "]+)')


def judged(tools: Tools, text: str, folder: Path) -> CompletedProcess[str]:
    """With the interfaces and our own scripts that the text names; keepalived refuses one that is not there."""
    configuration = folder / "keepalived.conf"
    configuration.write_text(on_guest(text))
    ready = "".join(f"ip link add {name} type bridge; ip link set {name} up; " for name in interfaces(text))
    ready += KEEPALIVED_FOLDER
    ready += f"sh {CLOUD_INIT}/director{OURS}/keepalived-version; "
    ready += "mount -t tmpfs -o mode=0755 tmpfs /usr/local/lib; mkdir /usr/local/lib/vipstack; "
    for path in dict.fromkeys(_OWN_SCRIPT.findall(text)):
        (source,) = CLOUD_INIT.glob(f"*{path}")
        ready += f"install -m 0755 {source} {path}; "
    return tools.run(f'{ready} keepalived --config-test --use-file "$1"', configuration)


@pytest.mark.parametrize("golden", CONFIGURATIONS)
def test_keepalived_accepts_every_golden(tools: Tools, golden: str, tmp_path: Path) -> None:
    verdict = judged(tools, CONFIGURATIONS[golden].read_text(), tmp_path)
    assert verdict.returncode == 0, f"a director would refuse its configuration:\n{verdict.stdout}"
    assert not verdict.stdout, f"keepalived accepts it, but has something to say:\n{verdict.stdout}"


@pytest.mark.parametrize(
    ("golden", "whole", "broken", "words"),
    [
        (SHIPPED, "lb_kind DR", "lb_knid DR", "Unknown keyword 'lb_knid'"),
        (SHIPPED, "priority 250", "priority 256", "outside range [1, 255]"),
        (SHIPPED, "advert_int 1", "advert_int 0.005", "outside range"),
        (SHIPPED, "lb_algo rr", "lb_algo round-robin", "Invalid lvs_scheduler"),
        (SHIPPED, "interface @nic:web@", "interface absent0", "interface absent0"),
        (SHIPPED, "http-203.0.113.2 weight -2", "http-203.0.113.2 weight -300", "outside range [-254, 254]"),
        (SHIPPED, "init_file 0 overwrite", "init_file none overwrite", "Unknown track file init option none"),
        (NAT, "mh-port", "mh-prot", "Unknown keyword 'mh-prot'"),
        (NAT, "lb_kind NAT", "lb_kind MASQ", "MASQ"),
        (NAT, "sorry_server_lvs_method NAT", "sorry_server_lvs_method SNAT", "SNAT"),
        (NAT, "quorum 2", "quorum 0", "quorum"),
        (NAT, "hysteresis 1", "hysteresis 2", "hysteresis"),
        (NAT, "persistence_granularity 255.255.255.0", "persistence_granularity 255.255.255.300", "granularity"),
        (MANY, "fwmark 8000 {", "fwmark 4294967296 {", "4294967296"),
        (MANY, "sorry_server 203.0.113.9 8443", "sorry_server 203.0.113.9 84430", "84430"),
        (MANY, "    ops\n", "    protocol UDP\n    ops\n", "protocol specified for fwmark"),
        (PEERS, "dev @nic:public@ use_vmac", "dev absent0 use_vmac", "absent0"),
        (PEERS, "        inside\n", "        absent\n", "absent"),
        (PEERS, "preempt_delay 2.5", "preempt_delay 1001", "must be between 0-1000"),
        (PEERS, "vrrp_garp_master_refresh 60", "vrrp_garp_master_refresh often", "garp_master_refresh"),
        (PEERS, "track_interface {\n        @nic:public@", "track_interface {\n        absent0", "absent0"),
        (MAIL, "label @nic:web@:10", "label @nic:web@:elevenchars", "longer than maximum length 15"),
        (BOTH, "        fd00:52::a\n", "        fd00:52::a label @nic:ha-lab@:10\n", "Cannot specify label for IPv6"),
        (GATEWAY, "dev @nic:public@ onlink", "dev @nic:public@ onlnk", "unknown route keyword onlnk"),
        (GATEWAY, "unicast_src_ip fd00:10::10", "unicast_src_ip 10.10.10.10", "family"),
        (GATEWAY, "real_server 2001:db8:a::11 80", "real_server 10.0.0.11 80", "family"),
        (ROUTED, "from 2001:db8:15::38/128", "from 2001:db8:15::38/129", "2001:db8:15::38/129"),
        (ROUTED, "via 2001:db8:15::1 dev", "via 172.3.15.1 dev", "Cannot mix IPv4 and IPv6"),
        (ROUTED, "to ::/0 via", "too ::/0 via", "too"),
        (MAIL, "smtp_server 192.0.2.25", "smtp_server mail.absent.invalid", "Invalid smtp server"),
        (MAIL, "smtp_connect_timeout 30", "smtp_connect_timeout soon", "soon"),
        (WITH_PASSWORD, 'auth_pass "', 'auth_pass "long', "Truncating auth_pass to 8 characters"),
        (WITH_PASSWORD, 'auth_pass "', 'auth_pass "a"b', "Unmatched quote"),
    ],
)
def test_keepalived_refuses_what_is_broken(  # noqa: PLR0913 - a case's own parts
    tools: Tools, golden: Path, whole: str, broken: str, words: str, tmp_path: Path
) -> None:
    text = golden.read_text()
    assert whole in text, "the control breaks nothing"
    verdict = judged(tools, text.replace(whole, broken), tmp_path)
    assert verdict.returncode != 0, "a check that accepts this decides nothing"
    assert words in verdict.stdout


def test_keepalived_reads_a_quoted_word_as_it_was_meant(tools: Tools, tmp_path: Path) -> None:
    """Blanks and the characters that begin a comment stay part of a word; told by the daemon's dump of what it read."""
    text = on_guest(WITH_PASSWORD.read_text()).replace('auth_pass "p4*s/s=:"', 'auth_pass "a#b !c{"')
    configuration = tmp_path / "keepalived.conf"
    configuration.write_text(text)
    pids = " ".join(f'{option} "{tmp_path / option}"' for option in ("--pid", "--vrrp_pid", "--checkers_pid"))
    dump = tools.run(
        "ip link add n-web type bridge; ip address add 203.0.113.3/27 dev n-web; ip link set n-web up;"
        f'timeout 3 keepalived --dont-fork --log-console --dump-conf --use-file "$1" {pids} || true',
        configuration,
    )
    assert "Password = a#b !c{\n" in dump.stdout, f"the password was read as another:\n{dump.stdout}"


def everything() -> str:
    """What features may put into an instance, all at once."""
    extras = InstanceExtras(processes=(PROCESS,), routes=(ROUTE,), rules=(RULE,))
    group = SyncGroup("gateway", ("outside", "inside"), notify="/usr/bin/true")
    made = replace(extended(two_networks(), outside=extras), sync_groups=(group,))
    # In a group nothing has a weight (components/plan/forwarding.py).
    made = replace(made, instances=tuple(replace(instance, files=()) for instance in made.instances))
    return files_of("director-1", made)["/etc/keepalived/keepalived.conf"]


def test_keepalived_accepts_what_features_put_into_an_instance(tools: Tools, tmp_path: Path) -> None:
    verdict = judged(tools, everything(), tmp_path)
    assert verdict.returncode == 0, verdict.stdout
    assert not verdict.stdout, f"keepalived accepts it, but has something to say:\n{verdict.stdout}"


@pytest.mark.parametrize(
    ("whole", "broken", "words"),
    [
        ("        inside\n", "        absent\n", "absent"),
        ("        running\n", "        absent\n", "absent"),
        ("process apache2", "proces apache2", "Unknown keyword 'proces'"),
        ("priority 50", "priority high", "invalid"),
        ("table 100\n", "table\n", "table"),
        ('notify "/usr', 'notfy "/usr', "Unknown keyword 'notfy'"),
    ],
)
def test_keepalived_refuses_what_a_feature_breaks(
    tools: Tools, whole: str, broken: str, words: str, tmp_path: Path
) -> None:
    text = everything()
    assert whole in text, "the control breaks nothing"
    verdict = judged(tools, text.replace(whole, broken), tmp_path)
    assert verdict.returncode != 0, f"a check that accepts this decides nothing\n{verdict.stdout}"
    assert words in verdict.stdout
