"""A real OpenStack on one machine: services, three compute hosts, guest image, package mirror.

Lives here: everything that starts, feeds, looks at and ends the lab. One module is one part of it; ``layout``
holds every path, name, address and port, so that two parts never disagree.
Add here: what a cloud's operator would do. Do not add here: anything the Pulumi program needs to run (it must
work on clouds that are not ours), or a guest's configuration (cloud-init/).

The shape: one holder process is the init of a PID namespace in which the whole lab lives. Each room in it
(``control``, ``fabric``, ``outside``, ``host1`` ...) has network, mount and UTS namespaces of its own. Ending the
holder therefore ends every process, mount, bridge, tap and veth of the lab at once; the machine's own network
only ever sees listeners on 127.0.0.1.
"""
