"""What a login says to Keystone: the ways that the OpenStack provider knows, as Identity API v3 writes them.

Source: Identity API v3, "Authentication and token management".
"""

from collections.abc import Mapping
from typing import Any

from components.config.errors import Finding
from components.preflight.credentials import Credentials
from components.preflight.errors import CloudError

_PASSWORD = {"password", "v3password"}
_TOKEN = {"token", "v3token"}
_APPLICATION_CREDENTIAL = {"v3applicationcredential", "application_credential"}


def login_body(credentials: Credentials) -> dict[str, Any]:
    """The body of a login.

    Raises:
        CloudError: the provider could not log in this way either.
    """
    auth, kind = credentials.auth, credentials.auth_type
    if kind in _APPLICATION_CREDENTIAL:  # it has its project in itself
        return {"auth": {"identity": {"methods": ["application_credential"], "application_credential": _key(auth)}}}
    if kind in _PASSWORD:
        user = {**_named(auth, "user", "username"), "password": auth.get("password", "")}
        identity = {"methods": ["password"], "password": {"user": user}}
    elif kind in _TOKEN:
        identity = {"methods": ["token"], "token": {"id": auth.get("token", "")}}
    else:
        raise CloudError(
            [
                Finding(
                    f"The login of {credentials.source}",
                    f"auth_type is {kind}",
                    "The OpenStack provider logs in by password, token or v3applicationcredential",
                    "Create an application credential and write that",
                )
            ]
        )
    return {"auth": {"identity": identity, "scope": {"project": _named(auth, "project", "project_name")}}}


def _key(auth: Mapping[str, Any]) -> dict[str, Any]:
    key: dict[str, Any] = {"secret": auth.get("application_credential_secret", "")}
    if "application_credential_id" in auth:
        return key | {"id": auth["application_credential_id"]}
    return key | {"name": auth.get("application_credential_name", ""), "user": _named(auth, "user", "username")}


def _named(auth: Mapping[str, Any], what: str, name_key: str) -> dict[str, Any]:
    """A user or project: by its id, else by its name within a domain."""
    if f"{what}_id" in auth:
        return {"id": auth[f"{what}_id"]}
    return {"name": auth.get(name_key, ""), "domain": _domain(auth, what)}


def _domain(auth: Mapping[str, Any], what: str) -> dict[str, Any]:
    for prefix in (f"{what}_domain", "domain"):
        for key in ("id", "name"):
            if f"{prefix}_{key}" in auth:
                return {key: auth[f"{prefix}_{key}"]}
    return {"id": auth.get("default_domain", "default")}
