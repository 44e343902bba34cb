"""Writes every configuration file of the services, again on each ``up``: they are rendered, never edited."""

from pathlib import Path

from lab.flavours import flavour_of
from lab.laboratory import Laboratory
from lab.layout import Layout
from lab.services import glance, keystone, libvirt, neutron, nova, placement
from lab.services.ini import render

# Services call sudo for what needs root; here they are root.
_SUDO = '#!/bin/sh\nexec "$@"\n'
# On the userspace datapath a guest's half-made checksums are passed on as they are: ping works, TCP hangs.
_QEMU = '#!/bin/sh\nexec /usr/bin/qemu-system-x86_64 "$@" -global virtio-net-pci.csum=off\n'
# A service's start is imports, and Python's collector looks through all that they have made so far every 700 objects:
# a fifth of the time, twenty times over. Found by PYTHONPATH (laboratory.py).
_SITE = "import gc\n\ngc.set_threshold(50_000, 20, 50)\n"
_MODES = {"bin": 0o755, "passwd": 0o644, "group": 0o644}  # of all others none but root may read the passwords


def write(lab: Laboratory, hosts: tuple[str, ...]) -> None:
    """Write the settings of the control services and of each compute host, and make the folders they name."""
    layout = lab.layout
    for folder in (layout.log, layout.run / "sockets", layout.state / "instances" / "locks", layout.state / "glance"):
        folder.mkdir(parents=True, exist_ok=True)
    layout.run.chmod(0o700)
    paste = layout.etc / "nova" / "api-paste.ini"  # Nova looks for it beside nova.conf only
    paste.parent.mkdir(parents=True, exist_ok=True)
    paste.unlink(missing_ok=True)
    paste.symlink_to(layout.venv / "etc" / "nova" / "api-paste.ini")
    for path, text in texts(lab, hosts).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(_MODES.get(path.parent.name, _MODES.get(path.name, 0o600)))


def texts(lab: Laboratory, hosts: tuple[str, ...]) -> dict[Path, str]:
    """Every file and its text."""
    layout, passwords = lab.layout, lab.passwords
    etc, flavour = layout.etc, flavour_of(layout)
    files = {
        etc / "keystone" / "keystone.conf": render(keystone.settings(layout)),
        etc / "glance" / "glance-api.conf": render(glance.settings(layout, passwords)),
        etc / "placement" / "placement.conf": render(placement.settings(layout, passwords)),
        etc / "nova" / "nova.conf": render(nova.settings(layout, passwords)),
        etc / "neutron" / "neutron.conf": render(neutron.settings(layout, passwords, flavour.service_plugins)),
        etc / "neutron" / "ml2.ini": render(flavour.ml2_settings(layout)),
        etc / "neutron" / "policy.yaml": neutron.POLICY,
        layout.modules / "sitecustomize.py": _SITE,
        layout.stubs / "sudo": _SUDO,
        layout.stubs / "qemu-system-x86_64": _QEMU,
    }
    for host in hosts:
        files |= _host_texts(layout, lab, host)
    return files


def _host_texts(layout: Layout, lab: Laboratory, host: str) -> dict[Path, str]:
    folder = layout.etc / host
    passwd, group = libvirt.accounts(Path("/etc/passwd").read_text(), Path("/etc/group").read_text())
    return {
        folder / "passwd": passwd,
        folder / "group": group,
        folder / "nova.conf": render(nova.compute_settings(layout, lab.passwords, host)),
        folder / "neutron.conf": render(flavour_of(layout).agent_settings(layout, lab.passwords, host)),
        # Not below etc: libvirt keeps its machines' definitions beside its settings.
        layout.host_state(host) / "libvirt-etc" / "libvirtd.conf": libvirt.daemon_text(host),
        layout.host_state(host) / "libvirt-etc" / "qemu.conf": libvirt.qemu_text(),
        layout.host_state(host) / "nova" / "compute_id": libvirt.identity(host) + "\n",
    }
