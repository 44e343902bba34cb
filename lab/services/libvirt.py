"""libvirtd of one compute host: no access rights, cgroups or loggers of the machine's are touched."""

import uuid

# libvirtd looks its package's user up before it reads that qemu.conf names another one.
_USER = "libvirt-qemu"
_USER_ID = 64055  # as Debian's package has it
# A saved database knows its compute hosts by these, so they must not change from one lab to the next.
_NAMESPACE = uuid.UUID("5b0d5a52-64a5-4c5e-9d5e-4f3f3f1f6c11")


def identity(host: str) -> str:
    """A compute host's UUID."""
    return str(uuid.uuid5(_NAMESPACE, host))


def accounts(passwd: str, group: str) -> tuple[str, str]:
    """The machine's passwd and group with libvirt's user, for the host's room alone."""
    if f"\n{_USER}:" not in passwd:
        passwd += f"{_USER}:x:{_USER_ID}:{_USER_ID}::/var/lib/libvirt:/usr/sbin/nologin\n"
    if f"\n{_USER}:" not in group:
        group += f"{_USER}:x:{_USER_ID}:\n"
    return passwd, group


def daemon_text(host: str) -> str:
    """libvirtd.conf."""
    return (
        'auth_unix_rw = "none"\n'
        'unix_sock_rw_perms = "0700"\n'
        f'host_uuid = "{identity(host)}"\n'
        'log_outputs = "3:stderr"\n'
    )


def qemu_text() -> str:
    """qemu.conf: guests run as root in the host's room, with their consoles as plain files."""
    return (
        'user = "root"\n'
        'group = "root"\n'
        'security_driver = "none"\n'
        "dynamic_ownership = 0\n"
        "remember_owner = 0\n"
        "cgroup_controllers = []\n"
        "namespaces = []\n"
        'stdio_handler = "file"\n'
    )
