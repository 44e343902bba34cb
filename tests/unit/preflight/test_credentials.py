"""Which cloud is meant, and the words where that cannot be said."""
# ruff: noqa: E501 - sentences stand as the operator reads them

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from components.preflight.credentials import find_credentials
from components.preflight.errors import CloudError

CLOUDS = """
clouds:
  lab:
    auth: {auth_url: http://127.0.0.1:5000/v3, username: demo, project_name: demo}
    region_name: here
    cacert: /etc/ssl/lab.pem
  bare:
    auth: {username: demo}
  robot:
    auth: {auth_url: https://127.0.0.1/v3, application_credential_id: a, application_credential_secret: b}
    interface: internal
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder whose clouds.yaml is the only one to be found."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("components.preflight.credentials._FOLDERS", (Path(),))
    (tmp_path / "clouds.yaml").write_text(CLOUDS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def finding(folder: Path) -> Callable[[Mapping[str, str]], str]:
    assert (folder / "clouds.yaml").exists()

    def trouble(environment: Mapping[str, str]) -> str:
        with pytest.raises(CloudError) as caught:
            find_credentials(environment)
        return str(caught.value.findings[0])

    return trouble


def test_os_cloud_names_a_cloud_of_clouds_yaml(folder: Path):
    found = find_credentials({"OS_CLOUD": "lab"})
    assert found.source == "cloud lab (OS_CLOUD) of clouds.yaml"
    assert (found.auth_type, found.region, found.interface) == ("password", "here", "public")
    assert (found.verify, found.cacert) == (True, "/etc/ssl/lab.pem")
    assert folder.exists()


def test_secure_yaml_adds_the_password(folder: Path):
    secure = "clouds: {lab: {auth: {password: hidden}}}"
    (folder / "secure.yaml").write_text(secure, encoding="utf-8")
    found = find_credentials({"OS_CLOUD": "lab"})
    assert found.auth["password"] == "hidden"  # noqa: S105 - a test's own
    assert found.auth["username"] == "demo"


def test_an_application_credential_is_recognised(folder: Path):
    found = find_credentials({"OS_CLOUD": "robot"})
    assert (found.auth_type, found.interface) == ("v3applicationcredential", "internal")
    assert folder.exists()


def test_the_file_may_be_anywhere(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text(CLOUDS, encoding="utf-8")
    found = find_credentials({"OS_CLOUD": "lab", "OS_CLIENT_CONFIG_FILE": str(path)})
    assert found.source == f"cloud lab (OS_CLOUD) of {path}"


def test_without_os_cloud_the_variables_say_it():
    found = find_credentials(
        {"OS_AUTH_URL": "http://127.0.0.1:5000/v3", "OS_USERNAME": "demo", "OS_TENANT_NAME": "p", "OS_INSECURE": "true"}
    )
    assert found.source == "the OS_* variables"
    assert found.auth == {"auth_url": "http://127.0.0.1:5000/v3", "username": "demo", "project_name": "p"}
    assert found.verify is False


def test_credentials_never_show_their_secrets(folder: Path):
    assert "b" not in repr(find_credentials({"OS_CLOUD": "robot"})).replace("robot", "").replace("public", "")
    assert folder.exists()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (
            {},
            "The environment: neither OS_CLOUD nor OS_AUTH_URL is set. One of them says which cloud is meant. Run it as `OS_CLOUD=<a cloud of your clouds.yaml> pulumi up`.",
        ),
        (
            {"OS_CLOUD": "moon"},
            "The environment: OS_CLOUD=moon, which clouds.yaml does not describe. It describes bare, lab, robot. Set OS_CLOUD to a cloud that it describes.",
        ),
        (
            {"OS_CLOUD": "bare"},
            "The environment: OS_CLOUD=bare, and clouds.yaml has no auth_url for it. clouds.bare.auth.auth_url is where the login begins. Add the address of the cloud's Keystone there.",
        ),
        (
            {"OS_CLOUD": "lab", "OS_CLIENT_CONFIG_FILE": "elsewhere.yaml"},
            "The environment: OS_CLOUD=lab, but there is no elsewhere.yaml. OS_CLIENT_CONFIG_FILE says where it is. Correct OS_CLIENT_CONFIG_FILE, or unset it.",
        ),
    ],
)
def test_what_is_missing_is_named(
    finding: Callable[[Mapping[str, str]], str], environment: Mapping[str, str], expected: str
):
    assert finding(environment) == expected


def test_without_a_clouds_yaml_the_places_are_named(finding: Callable[[Mapping[str, str]], str], folder: Path):
    (folder / "clouds.yaml").unlink()
    assert finding({"OS_CLOUD": "lab"}) == (
        "The environment: OS_CLOUD=lab, but there is no clouds.yaml. It is looked for in this folder, in ~/.config/openstack and in /etc/openstack. Put it there, or set OS_CLIENT_CONFIG_FILE to its path."
    )


@pytest.mark.parametrize("content", ["clouds: [", "", "- lab", "cloud: {}"])
def test_a_broken_clouds_yaml_is_no_traceback(finding: Callable[[Mapping[str, str]], str], folder: Path, content: str):
    (folder / "clouds.yaml").write_text(content, encoding="utf-8")
    assert finding({"OS_CLOUD": "lab"}).startswith("The environment: clouds.yaml cannot be read as clouds.yaml (")
