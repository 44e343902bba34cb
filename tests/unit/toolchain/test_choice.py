"""Can decide: which pulumi is chosen, and the words for why. Cannot: whether it runs a program."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from toolchain import Toolchain, ToolchainError, environment
from toolchain.cache import Cache, Installation
from toolchain.choice import find
from toolchain.pins import pins

Script = Callable[[str, str], Path]


def finished(variables: dict[str, str]) -> Installation:
    """A built toolchain, by the look of its files."""
    place = Cache.of_environment(variables).installation(pins())
    for program in (place.pulumi, place.language_host, place.runner, place.provider):
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\necho v{pins().pulumi}\n")
        program.chmod(0o755)
    return place


def test_an_installed_pulumi_is_used_as_it_is(script: Script, variables: dict[str, str]) -> None:
    installed = script("pulumi", "echo v3.300.1")
    finished(variables)
    found = find(variables)
    assert isinstance(found, Toolchain)
    assert (found.pulumi, found.version, found.reason) == (installed, "3.300.1", "it is on PATH")
    assert found.variables == {}, "its home, its plugins and its login are the operator's"
    assert found.notes == (), "a newer one is nothing to speak about"
    assert environment(variables) == {**variables, "PULUMI_SKIP_UPDATE_CHECK": "true"}, "PATH stays as it was, too"


def test_an_installed_pulumi_older_than_the_sdk_is_used_and_said_to_be_old(
    script: Script, variables: dict[str, str]
) -> None:
    script("pulumi", "echo v3.99.0")
    found = find(variables)
    assert isinstance(found, Toolchain)
    advice = "where an update fails without a good reason, renew it first"
    assert found.notes == (f"it is older than the Python SDK, {pins().pulumi}: {advice}",), (
        "the operator chose it, and has to know"
    )


def test_an_installed_pulumi_that_does_not_run_is_passed_over(script: Script, variables: dict[str, str]) -> None:
    broken = script("pulumi", "exit 4")
    found = find(variables)
    assert isinstance(found, str), "nothing else was there to be found"
    assert found.startswith(f"{broken} does not run ("), "the reason for a long build has to name its cause"


def test_a_built_one_on_path_is_not_taken_for_an_installed_one(variables: dict[str, str]) -> None:
    place = finished(variables)
    variables["PATH"] = f"{place.cli}{os.pathsep}{variables['PATH']}"
    found = find(variables)
    assert isinstance(found, Toolchain)
    assert found.variables["PULUMI_HOME"] == str(place.home), "without its home it has no provider"


def test_a_half_built_one_is_not_used(variables: dict[str, str]) -> None:
    finished(variables).provider.unlink()
    assert find(variables) == "no pulumi is on PATH", "an update would fail in its middle"


def test_the_environment_of_a_built_one_keeps_the_operators_login(variables: dict[str, str]) -> None:
    place = finished(variables)
    settings = environment(variables)
    assert settings["PATH"] == f"{place.cli}{os.pathsep}{variables['PATH']}", "pulumi is found first, the rest after it"
    assert settings["PULUMI_HOME"] == str(place.home), "the provider is a plugin of this home"
    assert settings["PULUMI_CREDENTIALS_PATH"] == f"{Path.home()}/.pulumi", "a rebuild must not log anybody out"
    assert settings["PULUMI_SKIP_UPDATE_CHECK"] == "true", "an update's output is about the stack"
    assert environment(settings) == settings, "asking twice changes nothing"


def test_without_a_toolchain_the_environment_says_what_to_do(variables: dict[str, str]) -> None:
    with pytest.raises(ToolchainError) as caught:
        environment(variables)
    assert str(caught.value) == (
        f"toolchain: no pulumi is on PATH, and none is built in {variables['VIPSTACK_CACHE']}/toolchain\n"
        "  expected: the Pulumi CLI and its OpenStack provider, without which no stack runs\n"
        "  do: install pulumi, or run `vipstack toolchain`, which builds both from their Go modules in some minutes"
    ), "where, what, why and what to do"
