"""The system packages the lab runs on, installed where they are missing, without starting any of their services."""

import contextlib
from collections.abc import Generator
from pathlib import Path

from lab.commands import run
from lab.flavours import Flavour

# The server packages' cores where there are such: they bring no service and no database of the machine's own.
PACKAGES = (
    "mariadb-server-core", "mariadb-client-core", "rabbitmq-server", "haproxy",
    "libvirt-daemon", "libvirt-daemon-driver-qemu", "libvirt-clients", "qemu-system-x86", "qemu-utils",
    "openvswitch-switch", "iproute2", "iptables", "ipset", "ebtables", "arptables", "conntrack", "dnsmasq-base",
    "radvd", "ethtool", "iputils-ping", "tcpdump", "genisoimage", "procps",
    "mmdebstrap", "apt-utils", "dpkg-dev", "e2fsprogs", "curl",
    "gcc", "pkg-config", "libvirt-dev", "python3-dev", "python3-venv",
)  # fmt: skip
_SERVICES = (
    "rabbitmq-server.service",
    "epmd.socket",
    "epmd.service",
    "haproxy.service",
    "openvswitch-switch.service",
    "radvd.service",
)
_POLICY = Path("/usr/sbin/policy-rc.d")
_MARK = "# vipstack lab: no service starts while its packages are installed\n"


def missing(flavour: Flavour) -> list[str]:
    """The packages that are not installed."""
    needed = (*PACKAGES, *flavour.packages)
    asked = run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev} ${Package}\n", *needed], check=False)
    installed = {line.split()[1] for line in asked.stdout.splitlines() if line.startswith("ii ")}
    return [package for package in needed if package not in installed]


def ensure(flavour: Flavour) -> None:
    """Install what is missing; the machine's own services are neither started nor set to start at boot."""
    wanted = missing(flavour)
    if not wanted:
        return
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    get = ["apt-get", "-qq", "-y", "-o", "DPkg::Lock::Timeout=300"]
    with _no_service_starts():
        run([*get, "update"], timeout=300, env=quiet)
        run([*get, "install", "--no-install-recommends", *wanted], timeout=900, env=quiet)
    for service in (*_SERVICES, *flavour.services):
        # Only what came with this installation could have been set to start at boot just now.
        if service.partition(".")[0] in wanted:
            # The helper does nothing for who is not a package's script.
            run(["deb-systemd-helper", "disable", service], check=False, env={"DPKG_MAINTSCRIPT_PACKAGE": "vipstack"})


@contextlib.contextmanager
def _no_service_starts() -> Generator[None]:
    """Debian asks policy-rc.d before it starts a package's service; ours says no, a present one is left alone."""
    if _POLICY.exists() and _MARK not in _POLICY.read_text():
        yield
        return
    _POLICY.write_text(f"#!/bin/sh\n{_MARK}exit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink()
