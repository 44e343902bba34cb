"""What a login says to Keystone, by the ways that clouds.yaml may describe."""

from typing import Any

import pytest

from components.preflight.credentials import Credentials
from components.preflight.errors import CloudError
from components.preflight.login import login_body

SECRET = "s"  # noqa: S105 - a test's own


def body(auth_type: str, **auth: str) -> dict[str, Any]:
    return login_body(Credentials("cloud lab", auth_type, auth))["auth"]


def test_a_password_is_scoped_to_the_project():
    said = body(
        "password",
        username="u",
        password=SECRET,
        project_name="p",
        user_domain_name="users",
        project_domain_id="projects",
    )
    user = {"name": "u", "domain": {"name": "users"}, "password": SECRET}
    assert said == {
        "identity": {"methods": ["password"], "password": {"user": user}},
        "scope": {"project": {"name": "p", "domain": {"id": "projects"}}},
    }


def test_ids_need_no_domain():
    said = body("password", user_id="u", password=SECRET, project_id="p")
    assert said["identity"]["password"]["user"] == {"id": "u", "password": SECRET}
    assert said["scope"] == {"project": {"id": "p"}}


@pytest.mark.parametrize(
    ("given", "domain"),
    [
        ({}, {"id": "default"}),
        ({"default_domain": "d"}, {"id": "d"}),
        ({"domain_name": "D"}, {"name": "D"}),
        ({"domain_name": "D", "user_domain_id": "u"}, {"id": "u"}),
    ],
)
def test_a_name_lives_in_the_nearest_domain(given: dict[str, str], domain: dict[str, str]):
    said = body("password", username="u", password=SECRET, project_name="p", **given)
    assert said["identity"]["password"]["user"]["domain"] == domain


def test_an_application_credential_has_its_project_in_itself():
    said = body("v3applicationcredential", application_credential_id="a", application_credential_secret=SECRET)
    assert said == {
        "identity": {"methods": ["application_credential"], "application_credential": {"id": "a", "secret": SECRET}}
    }


def test_an_application_credential_may_have_a_name():
    said = body(
        "v3applicationcredential",
        application_credential_name="a",
        application_credential_secret=SECRET,
        user_id="u",
    )
    assert said["identity"]["application_credential"] == {"name": "a", "secret": SECRET, "user": {"id": "u"}}


def test_a_token_is_scoped_to_the_project():
    said = body("token", token=SECRET, project_id="p")
    assert said["identity"] == {"methods": ["token"], "token": {"id": SECRET}}
    assert said["scope"] == {"project": {"id": "p"}}


def test_a_way_that_the_provider_does_not_know_is_refused():
    with pytest.raises(CloudError) as caught:
        body("v3oidcpassword")
    assert str(caught.value.findings[0]) == (
        "The login of cloud lab: auth_type is v3oidcpassword. The OpenStack provider logs in by password, token or "
        "v3applicationcredential. Create an application credential and write that."
    )
