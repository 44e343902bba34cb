"""What the lab's cloud offers its users: a flavor, the outside network, and the file their clients read."""

from typing import Any

import yaml
from openstack.connection import Connection

from lab.laboratory import Laboratory
from lab.layout import (
    CLOUD_ADMIN,
    CLOUD_DEMO,
    FLAVOR,
    OUTSIDE_CIDR,
    OUTSIDE_GATEWAY,
    OUTSIDE_NETWORK_NAME,
    OUTSIDE_POOL,
    PHYSNET_EXTERNAL,
    PROJECT_ADMIN,
    PROJECT_DEMO,
    REGION,
)
from lab.services.shared import KEYSTONE_URL

# 256 MB suffice for Debian; apt and dpkg in a guest that installs its packages want more.
_FLAVOR_SHAPE = {"vcpus": 1, "ram": 384, "disk": 2}


def ensure_flavor(cloud: Connection) -> None:
    """The flavor every stack file of the lab names; its disk is not zero, else only admins may boot images on it."""
    if cloud.compute.find_flavor(FLAVOR, ignore_missing=True) is None:
        cloud.compute.create_flavor(name=FLAVOR, is_public=True, **_FLAVOR_SHAPE)


def ensure_outside(cloud: Connection) -> None:
    """The external network and its subnet, without DHCP: only routers and floating IPs live there."""
    network: Any = cloud.network.find_network(OUTSIDE_NETWORK_NAME, ignore_missing=True)
    if network is None:
        network = cloud.network.create_network(
            name=OUTSIDE_NETWORK_NAME,
            is_router_external=True,
            provider_network_type="flat",
            provider_physical_network=PHYSNET_EXTERNAL,
        )
    if cloud.network.find_subnet(OUTSIDE_NETWORK_NAME, ignore_missing=True) is None:
        first, last = OUTSIDE_POOL
        cloud.network.create_subnet(
            name=OUTSIDE_NETWORK_NAME,
            network_id=network.id,
            ip_version=4,
            cidr=str(OUTSIDE_CIDR),
            gateway_ip=str(OUTSIDE_GATEWAY),
            is_dhcp_enabled=False,
            allocation_pools=[{"start": str(first), "end": str(last)}],
        )


def write_clouds_yaml(lab: Laboratory) -> None:
    """clouds.yaml with the administrator and the demo user, readable by root alone."""
    path = lab.layout.clouds_yaml
    path.touch(mode=0o600)
    path.write_text(clouds_text(lab.passwords.admin, lab.passwords.demo))


def clouds_text(admin_password: str, demo_password: str) -> str:
    """The text of clouds.yaml."""
    users = {CLOUD_ADMIN: (PROJECT_ADMIN, admin_password), CLOUD_DEMO: (PROJECT_DEMO, demo_password)}
    clouds = {
        cloud: {
            "auth": {
                "auth_url": KEYSTONE_URL,
                "username": name,
                "password": password,
                "project_name": name,
                "user_domain_name": "Default",
                "project_domain_name": "Default",
            },
            "region_name": REGION,
            "identity_api_version": 3,
        }
        for cloud, (name, password) in users.items()
    }
    return yaml.safe_dump({"clouds": clouds}, sort_keys=False)
