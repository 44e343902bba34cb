"""Which files may come through the channel, with which mode, judged by what, and what takes them into use.

This list is the channel's whole power over a guest: what is not here is refused by the provider and, should it still
arrive, by the agent. Contents are data; no command ever comes from outside. Shared by both ends: standard library only,
Python 3.9. Deliberately runs nothing (``agent.checking``, ``agent.activation``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

# How a candidate is judged and taken into use; each word is a function of the agent.
MODULES = "modules"
SYSCTL = "sysctl"
NFTABLES = "nftables"
UNIT = "unit"
KEEPALIVED = "keepalived"
CONNTRACKD = "conntrackd"
APACHE = "apache"
JSON = "json"
OPTIONS = "options"
ROUTING = "routing"
BONDS = "bonds"
NETWORKD = "networkd"
TABLE_NAMES = "table-names"
XML = "xml"
FIREWALLD = "firewalld"
CERTIFICATE = "certificate"
HAPROXY = "haproxy"
RSYSLOG = "rsyslog"
LOGROTATE = "logrotate"
RESOLVED = "resolved"

# Each a certificate, its chain and its private key.
CERTIFICATES = "/etc/haproxy/certs"

EXPECTATIONS_PATH = "/etc/vipstack/expect.json"

_PUBLIC = 0o644
_PRIVATE = 0o600


@dataclass(frozen=True)
class Rule:
    """Files of one kind. ``unit`` is reloaded or restarted when such a file changed."""

    pattern: str
    mode: int
    kind: str
    unit: str | None = None


# The table that /etc/nftables.conf makes; keepalived keeps one of its own beside it.
NFTABLES_TABLE = ("inet", "vipstack")

# In the order in which changes are taken into use: a real server must be silent before it has the virtual IP, a
# director filtered before it balances.
RULES = (
    Rule("/etc/modules-load.d/vipstack*.conf", _PUBLIC, MODULES),
    Rule("/etc/sysctl.d/*vipstack*.conf", _PUBLIC, SYSCTL),
    Rule("/etc/systemd/resolved.conf.d/vipstack.conf", _PUBLIC, RESOLVED, "systemd-resolved.service"),
    Rule("/etc/vipstack/arp-silence.rules", _PUBLIC, UNIT, "vipstack-arp-silence.service"),
    Rule("/etc/vipstack/eth-vip.conf", _PUBLIC, UNIT, "vipstack-eth-vip.service"),
    Rule("/etc/nftables.conf", _PUBLIC, NFTABLES),
    # The bridges come before whatever uses them, and read networkd's files as they are made.
    Rule("/etc/systemd/network/05-vipstack-*.network", _PUBLIC, NETWORKD),
    Rule("/etc/vipstack/bonds.conf", _PUBLIC, BONDS, "vipstack-bonds.service"),
    Rule("/etc/iproute2/rt_tables.d/vipstack.conf", _PUBLIC, TABLE_NAMES),
    # Before keepalived, which may bring the virtual IPs with tables of their own.
    Rule("/etc/vipstack/routing.conf", _PUBLIC, ROUTING, "vipstack-routing.service"),
    # Before keepalived, which tells them of changes of state.
    Rule("/etc/conntrackd/conntrackd.conf", _PUBLIC, CONNTRACKD, "conntrackd.service"),
    Rule("/etc/vipstack/ipvs-sync.conf", _PUBLIC, UNIT, "vipstack-ipvs-sync.service"),
    Rule("/etc/default/keepalived", _PUBLIC, OPTIONS, "keepalived.service"),
    Rule("/etc/sysconfig/keepalived", _PUBLIC, OPTIONS, "keepalived.service"),
    # The redhat family's places for the same, and what only it has.
    Rule("/etc/sysconfig/nftables.conf", _PUBLIC, NFTABLES),
    Rule("/etc/firewalld/firewalld.conf", _PUBLIC, FIREWALLD, "firewalld.service"),
    Rule("/etc/firewalld/services/haproxy.xml", _PUBLIC, XML, "firewalld.service"),
    Rule("/etc/firewalld/zones/public.xml", _PUBLIC, XML, "firewalld.service"),
    Rule("/etc/vipstack/selinux.ports", _PUBLIC, UNIT, "vipstack-selinux.service"),
    # HAProxy before keepalived, which gives no virtual IP to a director where it does not run.
    Rule("/etc/rsyslog.d/*vipstack*.conf", _PUBLIC, RSYSLOG, "rsyslog.service"),
    Rule("/etc/logrotate.d/haproxy", _PUBLIC, LOGROTATE),
    Rule("/etc/logrotate.d/keepalived", _PUBLIC, LOGROTATE),
    Rule(f"{CERTIFICATES}/*.pem", _PRIVATE, CERTIFICATE, "haproxy.service"),
    Rule("/etc/haproxy/haproxy.cfg", _PUBLIC, HAPROXY, "haproxy.service"),
    # It may hold the VRRP password.
    Rule("/etc/keepalived/keepalived.conf", _PRIVATE, KEEPALIVED, "keepalived.service"),
    # After keepalived, which empties the table when it no longer keeps it.
    Rule("/etc/vipstack/ipvs.rules", _PUBLIC, UNIT, "vipstack-ipvs.service"),
    Rule("/etc/apache2/ports.conf", _PUBLIC, APACHE, "apache2.service"),
    Rule(EXPECTATIONS_PATH, _PUBLIC, JSON),
)

# What the expectations may name as a unit to enable, start and watch.
UNITS = frozenset(rule.unit for rule in RULES if rule.unit) | {"nftables.service"}


def rule_for(path: str) -> Rule | None:
    """The rule that allows a path; None where none does or the path is not in its plain form.

    A pattern's ``*`` stays within one folder, and a name such as ``a/../b`` matches nothing.
    """
    if posixpath.normpath(path) != path or "\0" in path:
        return None
    folder, name = posixpath.split(path)
    for rule in RULES:
        rule_folder, rule_name = posixpath.split(rule.pattern)
        if folder == rule_folder and not name.startswith(".") and fnmatchcase(name, rule_name):
            return rule
    return None


def refused(files: Iterable[str]) -> list[str]:
    """The paths that no rule allows."""
    return [path for path in files if rule_for(path) is None]
