"""Which cloud, and as whom: clouds.yaml and the OS_* environment, as the OpenStack provider reads them.

Owns the search order and the words for what is missing. Deliberately does not log in: ``cloud.py`` does.
Source: the openstacksdk user guide, "Configuring OpenStack SDK applications".
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml

from components.config.errors import Finding
from components.preflight.errors import CloudError

_FOLDERS = (Path(), Path("~/.config/openstack").expanduser(), Path("/etc/openstack"))
_AUTH_VARIABLES = {
    "OS_AUTH_URL": "auth_url",
    "OS_USERNAME": "username",
    "OS_USER_ID": "user_id",
    "OS_PASSWORD": "password",
    "OS_PROJECT_NAME": "project_name",
    "OS_TENANT_NAME": "project_name",
    "OS_PROJECT_ID": "project_id",
    "OS_TENANT_ID": "project_id",
    "OS_USER_DOMAIN_NAME": "user_domain_name",
    "OS_USER_DOMAIN_ID": "user_domain_id",
    "OS_PROJECT_DOMAIN_NAME": "project_domain_name",
    "OS_PROJECT_DOMAIN_ID": "project_domain_id",
    "OS_APPLICATION_CREDENTIAL_ID": "application_credential_id",
    "OS_APPLICATION_CREDENTIAL_NAME": "application_credential_name",
    "OS_DOMAIN_NAME": "domain_name",
    "OS_DOMAIN_ID": "domain_id",
    "OS_DEFAULT_DOMAIN": "default_domain",
    "OS_APPLICATION_CREDENTIAL_SECRET": "application_credential_secret",
    "OS_TOKEN": "token",
}


@dataclass(frozen=True)
class Credentials:
    """How to log in, and over which TLS; ``source`` names for the operator where this was written."""

    source: str
    auth_type: str
    auth: Mapping[str, Any] = field(repr=False)
    region: str | None = None
    interface: str = "public"
    verify: bool = True
    cacert: str | None = None
    certificate: tuple[str, str | None] | None = None


def find_credentials(environment: Mapping[str, str] = os.environ) -> Credentials:
    """The credentials that OS_CLOUD names in clouds.yaml, else those of the OS_* variables.

    Raises:
        CloudError: there are none, or they cannot be read.
    """
    if name := environment.get("OS_CLOUD"):
        return _from_file(name, environment)
    auth = {key: environment[variable] for variable, key in _AUTH_VARIABLES.items() if environment.get(variable)}
    if "auth_url" not in auth:
        raise _trouble(
            "neither OS_CLOUD nor OS_AUTH_URL is set",
            "One of them says which cloud is meant",
            "Run it as `OS_CLOUD=<a cloud of your clouds.yaml> pulumi up`",
        )
    return Credentials(
        source="the OS_* variables",
        auth_type=environment.get("OS_AUTH_TYPE") or _auth_type(auth),
        auth=auth,
        region=environment.get("OS_REGION_NAME"),
        interface=environment.get("OS_INTERFACE", "public"),
        verify=environment.get("OS_INSECURE", "").lower() not in {"1", "true", "yes"},
        cacert=environment.get("OS_CACERT"),
        certificate=_certificate(environment.get("OS_CERT"), environment.get("OS_KEY")),
    )


def _from_file(name: str, environment: Mapping[str, str]) -> Credentials:
    given = environment.get("OS_CLIENT_CONFIG_FILE")
    path = _find("clouds.yaml", given)
    if path is None and given:
        raise _trouble(
            f"OS_CLOUD={name}, but there is no {given}",
            "OS_CLIENT_CONFIG_FILE says where it is",
            "Correct OS_CLIENT_CONFIG_FILE, or unset it",
        )
    if path is None:
        raise _trouble(
            f"OS_CLOUD={name}, but there is no clouds.yaml",
            "It is looked for in this folder, in ~/.config/openstack and in /etc/openstack",
            "Put it there, or set OS_CLIENT_CONFIG_FILE to its path",
        )
    clouds = _clouds(path)
    if name not in clouds:
        raise _trouble(
            f"OS_CLOUD={name}, which {path} does not describe",
            f"It describes {', '.join(sorted(clouds)) or 'none'}",
            "Set OS_CLOUD to a cloud that it describes",
        )
    secure = _find("secure.yaml", environment.get("OS_CLIENT_SECURE_FILE"))
    cloud = _merged(clouds[name], _clouds(secure).get(name, {}) if secure else {})
    auth: dict[str, Any] = cloud.get("auth") or {}
    if "auth_url" not in auth:
        raise _trouble(
            f"OS_CLOUD={name}, and {path} has no auth_url for it",
            f"clouds.{name}.auth.auth_url is where the login begins",
            "Add the address of the cloud's Keystone there",
        )
    return Credentials(
        source=f"cloud {name} (OS_CLOUD) of {path}",
        auth_type=cloud.get("auth_type") or _auth_type(auth),
        auth=auth,
        region=environment.get("OS_REGION_NAME") or cloud.get("region_name"),
        interface=environment.get("OS_INTERFACE") or cloud.get("interface") or "public",
        verify=bool(cloud.get("verify", True)),
        cacert=cloud.get("cacert"),
        certificate=_certificate(cloud.get("cert"), cloud.get("key")),
    )


def _certificate(certificate: str | None, key: str | None) -> tuple[str, str | None] | None:
    return (certificate, key) if certificate else None


def _auth_type(auth: Mapping[str, Any]) -> str:
    if "application_credential_secret" in auth:
        return "v3applicationcredential"
    return "token" if "token" in auth else "password"


def _find(name: str, given: str | None) -> Path | None:
    candidates = [Path(given)] if given else [folder / name for folder in _FOLDERS]
    return next((path for path in candidates if path.is_file()), None)


def _clouds(path: Path) -> dict[str, dict[str, Any]]:
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return dict(content["clouds"])
    except (OSError, yaml.YAMLError, TypeError, KeyError, ValueError) as error:
        raise _trouble(
            f"{path} cannot be read as clouds.yaml ({type(error).__name__})",
            "It holds a mapping `clouds:` of clouds by name",
            "Mend the file",
        ) from None


def _merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(one)
    for key, value in other.items():
        old = merged.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            merged[key] = _merged(cast("dict[str, Any]", old), cast("dict[str, Any]", value))
        else:
            merged[key] = value
    return merged


def _trouble(got: str, allowed: str, remedy: str) -> CloudError:
    return CloudError([Finding("The environment", got, allowed, remedy)])
