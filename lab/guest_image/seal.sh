#!/bin/sh
# Runs in the image's root, as the last step of every flavour: what must not be in an image, or not run in a guest.
set -eu

# An emulated CPU pays about a fifth of a second for every unit at boot; these do nothing for a guest of the lab.
systemctl mask --quiet \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer \
    e2scrub_all.timer e2scrub_reap.service \
    systemd-pstore.service systemd-binfmt.service \
    modprobe@drm.service modprobe@configfs.service modprobe@dm_mod.service modprobe@loop.service \
    sys-fs-fuse-connections.mount sys-kernel-tracing.mount sys-kernel-debug.mount sys-kernel-config.mount \
    systemd-hostnamed.service systemd-network-generator.service \
    systemd-update-utmp.service systemd-update-utmp-runlevel.service \
    dev-hugepages.mount dev-mqueue.mount getty@tty1.service
# These run at boot and whenever systemd reads its units anew; a guest has nothing that they look for.
mkdir -p /etc/systemd/system-generators
for generator in cryptsetup debug gpt-auto hibernate-resume integritysetup rc-local run system-update sysv veritysetup; do
    ln -sf /dev/null "/etc/systemd/system-generators/systemd-$generator-generator"
done
systemctl enable --quiet systemd-networkd.service systemd-resolved.service

# No source of packages but the one that a guest is told: the build's own may not be reachable from there.
: >/etc/apt/sources.list
rm -f /etc/apt/sources.list.d/* /etc/apt/apt.conf.d/99mmdebstrap /etc/dpkg/dpkg.cfg.d/99mmdebstrap
apt-get clean
rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/*.log

# No identity: keys and ids are made by each guest's first boot.
rm -f /etc/ssh/ssh_host_* /var/lib/dbus/machine-id /var/lib/systemd/random-seed
: >/etc/machine-id
rm -f /etc/hostname

passwd --status root | grep -q '^root L ' || {
    echo "the image's root account is not locked" >&2
    exit 1
}
