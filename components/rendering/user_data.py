"""User data: what cloud-init does with a guest at its first boot. ``#cloud-config``, dumped as YAML and parsed back.

With ``delivery: channel`` it is a constant of the role and its features, so that a change of the stack's data never
changes it: Nova can only replace a server whose user data changed. With ``delivery: user-data`` the guest's manifest is
part of it.

Deliberately names no host: Nova's metadata says what a server is called.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from components.config.errors import Finding, StackFileError, at
from components.config.guests import OsFamily
from components.config.real_servers import WebServer
from components.config.stack import Delivery
from components.config.yaml_text import FAST_SAFE_LOADER
from components.plan.hosts import Feature, Host, Role
from components.plan.stack import StackPlan
from components.rendering.bundle import bundle
from components.rendering.packet_filter import filtered_by_firewalld
from components.rendering.static_files import agent_modules, static_files, units
from guestconfig import paths, wire
from guestconfig.wire import Manifest

HEADER = "#cloud-config\n"

# The maximum of `user_data` in Nova's API reference (create server), in characters of base64.
LARGEST_USER_DATA = 65535

# Never fewer for a stack that uses less of them: with another list the user data would be another, and the server too.
PACKAGES = {
    Role.DIRECTOR: ("ipvsadm", "keepalived", "nftables"),
    Role.REAL_SERVER: ("arptables",),
    Role.OBSERVER: (),
}
# What the redhat family needs besides: semanage.
REDHAT_PACKAGES = ("policycoreutils-python-utils",)
# Only where it is chosen: that family's presets enable it as it is installed.
FIREWALLD_PACKAGES = ("firewalld",)
FEATURE_PACKAGES: Mapping[Feature, tuple[str, ...]] = {
    Feature.GATEWAY: (),
    # conntrack, to look at what conntrackd keeps; iproute2's bridge is there.
    Feature.CONNECTION_SYNC: ("conntrack", "conntrackd"),
    Feature.LOAD_BALANCER: ("haproxy", "logrotate", "rsyslog"),
    Feature.POLICY_ROUTING: (),
    Feature.BONDS: ("openvswitch-switch",),
}
WEB_SERVER_PACKAGES = {WebServer.APACHE2: ("apache2",), WebServer.NONE: ()}

_POLICY = "/usr/sbin/policy-rc.d"
_BUNDLE = f"{wire.GUEST_LIBRARY}/static.tar.bz2"
_STAND_IN = "the-archive-in-base64"  # plain in YAML, as base64 is


@dataclass(frozen=True)
class Kind:
    """What the bootstrap is a constant of."""

    role: Role
    features: tuple[Feature, ...]
    os_family: OsFamily
    mirror: str | None
    web_server: WebServer
    firewalld: bool

    @property
    def packages(self) -> list[str]:
        """What is installed at the first boot, each once."""
        own = [*PACKAGES[self.role], *WEB_SERVER_PACKAGES[self.web_server]]
        own += [package for feature in self.features for package in FEATURE_PACKAGES[feature]]
        own += FIREWALLD_PACKAGES if self.firewalld else ()
        own += REDHAT_PACKAGES if self.os_family is OsFamily.REDHAT else ()
        return list(dict.fromkeys(own))


def user_data(
    plan: StackPlan, host: Host, files: Mapping[str, str] | None, interfaces: Mapping[str, str] | None
) -> str:
    """The user data of a guest.

    Args:
        plan: the stack's plan.
        host: the guest, one of the plan's hosts.
        files: the guest's files, where they travel in the user data; None where they come through the channel.
        interfaces: the MAC of the guest's interface on each network, by the network's key; None as above.

    Raises:
        StackFileError: it is larger than Nova takes.
    """
    kind = _kind(plan, host)
    if files is None:
        text = _constant(kind)
    else:
        manifest = Manifest(role=host.role.value, files=files, interfaces=interfaces or {})
        text = _text(kind, manifest)
    _refuse_if_too_large(text, host, files or {})
    return text


def prepare(plan: StackPlan) -> None:
    """Render what is the same for many guests: all later calls find it done. For whoever waits for something else."""
    for host in plan.hosts:
        kind = _kind(plan, host)
        if plan.guests.delivery is Delivery.CHANNEL:
            _constant(kind)
        else:
            _archive(kind)


def _kind(plan: StackPlan, host: Host) -> Kind:
    family = plan.guests.os_family if host.role is Role.DIRECTOR else OsFamily.DEBIAN
    return Kind(
        role=host.role,
        features=host.features,
        os_family=family,
        mirror=plan.guests.package_mirror if family is OsFamily.DEBIAN else None,
        web_server=plan.guests.web_server if host.role is Role.REAL_SERVER else WebServer.NONE,
        firewalld=host.role is Role.DIRECTOR and filtered_by_firewalld(plan),
    )


@cache
def _constant(kind: Kind) -> str:
    return _text(kind, None)


def _text(kind: Kind, manifest: Manifest | None) -> str:
    """The document as YAML. The archive is put in last: PyYAML looks at each of its characters, several times."""
    archive = _archive(kind)
    written = yaml.dump(_document(kind, manifest, _STAND_IN), Dumper=_Dumper, sort_keys=False, width=1 << 20)
    text = HEADER + written.replace(_STAND_IN, archive)
    if yaml.load(text, Loader=FAST_SAFE_LOADER) != _document(kind, manifest, archive):  # noqa: S506 - a safe one
        raise RuntimeError("the user data does not read back as what was written")
    return text


def _document(kind: Kind, manifest: Manifest | None, archive: str) -> dict[str, Any]:
    static = static_files(kind.role, kind.features)
    packages, mirror = kind.packages, kind.mirror
    document: dict[str, Any] = {"manage_etc_hosts": "localhost", "ssh_genkeytypes": ["ed25519"]}
    if mirror:
        # Debian's own cloud.cfg preserves the list, and then silently ignores ours.
        document["apt"] = {"preserve_sources_list": False, "sources_list": f"deb [trusted=yes] {mirror} ./\n"}
    if packages:
        document |= {"package_update": True, "packages": packages}
    # Those that the agent knows it enables itself, once their configuration is there.
    started = [unit for unit in units(kind.role, kind.features) if unit not in paths.UNITS]
    # An image may have it, and beside the guest's own ruleset it would drop the peers' adverts, from the next boot on.
    unchosen = kind.os_family is OsFamily.REDHAT and not kind.firewalld
    return document | {
        "write_files": [
            # Before the packages, whose daemons must not start; the rest is unpacked after them.
            *(_file(file.path, file.mode, file.text) for file in static if file.path == _POLICY),
            {**_file(_BUNDLE, "0644", archive), "encoding": "b64"},
            *_agent_files(kind.role, manifest),
        ],
        "runcmd": [
            ["python3", "-m", "tarfile", "--extract", _BUNDLE, "/"],
            ["rm", "-f", _POLICY],
            *([["systemctl", "mask", "--now", "firewalld.service"]] if unchosen else []),
            # It makes systemd read its units anew, the drop-ins of packages' units too. Not waiting: cloud-init must
            # not wait for a unit that may wait for cloud-init.
            ["systemctl", "--no-block", "enable", "--now", *started],
        ],
    }


@cache
def _archive(kind: Kind) -> str:
    static = static_files(kind.role, kind.features)
    return bundle([*agent_modules(), *(file for file in static if file.path != _POLICY)])


def _agent_files(role: Role, manifest: Manifest | None) -> list[dict[str, str]]:
    source = "metadata" if manifest is None else "local"
    settings = json.dumps({"source": source, "role": role.value}) + "\n"
    files = [_file(wire.AGENT_CONFIG_PATH, "0644", settings)]
    if manifest:
        # It may hold the VRRP password.
        files.append(_file(wire.MANIFEST_PATH, "0600", manifest.to_json() + "\n"))
    return files


def _file(path: str, mode: str, text: str) -> dict[str, str]:
    return {"path": path, "permissions": mode, "content": text}


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, so that a reader sees a file as it will be."""


def _block(_: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _block)


def _refuse_if_too_large(text: str, host: Host, files: Mapping[str, str]) -> None:
    size = len(b64encode(text.encode()))
    if size <= LARGEST_USER_DATA:
        return
    largest = max(files, key=lambda path: len(files[path]), default="the agent")
    raise StackFileError(
        [
            Finding(
                where=at("delivery"),
                got=f"the user data of {host.name} takes {size} characters in base64, most of them for {largest}",
                allowed=f"Nova takes at most {LARGEST_USER_DATA} characters",
                remedy="Write delivery: channel, which carries more, or give the stack fewer real servers",
            )
        ]
    )
