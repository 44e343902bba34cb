#!/bin/sh
# Runs in the image's root for the baked flavour: installs the packages named on the command line from the mirror
# below /mnt, and leaves their services off, because a service belongs to the guest that is told to run it.
set -eu
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
echo 'deb [trusted=yes] copy:/mnt ./' >/etc/apt/sources.list
apt-get update --quiet
apt-get install --quiet --yes "$@"
rm /usr/sbin/policy-rc.d

systemctl disable --quiet \
    keepalived.service haproxy.service conntrackd.service apache2.service apache-htcacheclean.service \
    nftables.service ipvsadm.service rsyslog.service logrotate.timer \
    openvswitch-switch.service

# An emulated CPU takes seconds to start Python. cloud-init imports these in every stage where it finds them, and does
# without: jsonschema checks user data, which the tests have checked; jinja2 is for templates that no guest has, but for
# the last message, which is written anew below; requests needs one of two detectors of encodings.
(cd /usr/lib/python3/dist-packages && rm -r jsonschema jinja2 charset_normalizer)
# And what cloud-init does in its third stage its last one does here too.
python3 - <<'END'
import pathlib
import yaml

folder = pathlib.Path("/etc/cloud/cloud.cfg.d")
said = yaml.safe_load((folder / "90_lab.cfg").read_text())
merged = said["cloud_config_modules"] + said["cloud_final_modules"]
last = "Cloud-init v. ${version} finished at ${timestamp}. Datasource ${datasource}. Up ${uptime} seconds"
own = {"cloud_config_modules": [], "cloud_final_modules": merged, "final_message": last}
(folder / "91_baked.cfg").write_text(yaml.safe_dump(own))
END
systemctl mask --quiet cloud-config.service
