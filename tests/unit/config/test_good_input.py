"""What looks like a mistake and is none stays accepted.

This rung decides how far the rules go: each case is near one of bad_input/load_balancer.yaml, and works.
"""

from typing import Any

import pytest

from components.config.check import check

WORKS: dict[str, dict[str, Any]] = {
    "a frontend that passes TLS on to another one": {
        "haproxy.frontends.greeting": {
            "mode": "tcp",
            "bind": [{"virtual-ip": "www", "port": 443}],
            "acls": [{"name": "shop", "match": "server-name", "values": ["shop.example"]}],
            "use-backends": [{"backend": "inner", "if-all": ["shop"]}],
            "default-backend": "mail",
        },
        "haproxy.frontends.inner": {
            "mode": "tcp",
            "bind": [{"virtual-ip": "www", "port": 8443}],
            "own-addresses": True,
            "proxy-protocol-from": ["203.0.113.2/32", "203.0.113.3/32", "203.0.113.6/32"],
            "default-backend": "mail",
        },
        "haproxy.backends.inner": {
            "mode": "tcp",
            "port": 8443,
            "send-proxy": "v2",
            "servers": {"lb-1": {"address": "203.0.113.3"}, "lb-2": {"address": "203.0.113.6"}},
        },
    },
    "both directors' statistics behind a frontend": {
        "haproxy.backends.web.servers": {
            "one": {"address": "203.0.113.3", "port": 8404},
            "two": {"address": "203.0.113.6", "port": 8404},
        },
    },
    "a daemon of the image's on each director": {
        "haproxy.backends.web.servers": {"cache": {"address": "127.0.0.1", "port": 6081}},
    },
    "a real server's address by another name, at a port that another backend opens": {
        "haproxy.backends.other": {"port": 8081, "servers": {"web-2": {}}},
        "haproxy.backends.web.servers": {"web-1": {}, "app": {"address": "203.0.113.5", "port": 8081}},
    },
    "a real server's address by another name, at a service's port": {
        "services": {"app": {"virtual-ip": "www", "port": 8081}},
        "haproxy.backends.web.servers": {"web-1": {}, "app": {"address": "203.0.113.5", "port": 8081}},
    },
    "a backend of which every server is drained": {
        "haproxy.backends.web.servers": {"web-1": {"weight": 0}, "web-2": {"weight": 0}},
    },
    "real servers that are all drained": {
        "services": {"app": {"virtual-ip": "www", "port": 8081}},
        "real-servers.weight": 0,
    },
    "fewer connections for all frontends than each has by default": {"haproxy.maxconn": 2000},
    "half of everybody": {"haproxy.stats-page.allow-from": ["0.0.0.0/1"]},
    "a mirror for the real servers alone": {
        "directors.os-family": "redhat",
        "package-mirror": "http://192.0.2.1/debian",
    },
    "a real server that is there already, at an address of another network": {
        "real-servers.servers.web-1": {"existing": True, "address": "203.0.113.4"},
        "haproxy.backends.web.servers": {"web-1": {"address": "10.0.0.4"}},
    },
}


@pytest.mark.parametrize("change", WORKS.values(), ids=WORKS)
def test_it_is_accepted(changed, change: dict[str, Any]) -> None:
    check(changed(change, "load_balancer"))
