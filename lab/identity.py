"""Who and what Keystone knows in a fresh lab: services with their users and addresses, the demo project."""

import contextlib
from collections.abc import Generator
from typing import Any

import openstack
from keystoneauth1.exceptions import ClientException
from openstack.connection import Connection
from openstack.exceptions import SDKException

from lab.errors import LabError
from lab.laboratory import Laboratory
from lab.layout import API_PORTS, PROJECT_ADMIN, PROJECT_DEMO, REGION, Layout
from lab.services.shared import KEYSTONE_URL, SERVICE_PROJECT

_SERVICES = {
    "glance": ("image", ""),
    "placement": ("placement", ""),
    "nova": ("compute", "/v2.1"),
    "neutron": ("network", ""),
}
_SERVICE_ROLES = ("admin", "service")


def administrator(lab: Laboratory) -> Connection:
    """A connection as the lab's administrator."""
    return connection(PROJECT_ADMIN, lab.passwords.admin)


@contextlib.contextmanager
def asking(layout: Layout) -> Generator[None]:
    """Turn a cloud's refusal or silence into the lab's own error."""
    try:
        yield
    except (SDKException, ClientException) as error:
        raise LabError(
            "the lab's cloud",
            f"{type(error).__name__}: {error}",
            "its APIs answer their administrator",
            f"look into the logs of the service named, in {layout.log}, then run `vipstack lab up` again",
        ) from None


def connection(name: str, password: str) -> Connection:
    """A connection as the user and into the project of that name."""
    return openstack.connect(
        load_yaml_config=False,
        load_envvars=False,
        region_name=REGION,
        auth={
            "auth_url": KEYSTONE_URL,
            "username": name,
            "password": password,
            "project_name": name,
            "user_domain_name": "Default",
            "project_domain_name": "Default",
        },
    )


def fill(lab: Laboratory) -> None:
    """Make services, users, roles and projects; Keystone must answer and have its administrator."""
    identity: Any = administrator(lab).identity  # the SDK's types offer Keystone's old API too
    roles: dict[str, Any] = {role.name: role for role in identity.roles()}
    if "service" not in roles:
        roles["service"] = identity.create_role(name="service")
    service_project = identity.create_project(name=SERVICE_PROJECT, domain_id="default")
    for name, (kind, path) in _SERVICES.items():
        user = identity.create_user(
            name=name,
            password=lab.passwords.service,
            domain_id="default",
            default_project_id=service_project.id,
        )
        for role in _SERVICE_ROLES:
            identity.assign_project_role_to_user(service_project, user, roles[role])
        service = identity.create_service(name=name, type=kind)
        url = f"http://127.0.0.1:{API_PORTS[name]}{path}"
        for interface in ("public", "internal"):
            identity.create_endpoint(service_id=service.id, interface=interface, region_id=REGION, url=url)
    demo = identity.create_project(name=PROJECT_DEMO, domain_id="default")
    user = identity.create_user(name=PROJECT_DEMO, password=lab.passwords.demo, domain_id="default")
    identity.assign_project_role_to_user(demo, user, roles["member"])
